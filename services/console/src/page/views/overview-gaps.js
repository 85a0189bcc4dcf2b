import { h } from '../dom.js'
import { counted } from '../format.js'
import { away } from '../health.js'
import { notice } from '../parts/parts.js'
import { store } from '../store.js'

/** How many posts are in these states. @param {any} counts @param {string[]} states */
export const sum = (counts, ...states) => states.reduce((total, state) => total + (counts?.posts[state] ?? 0), 0)

/** As many facts as may be on their way at any moment: while somebody takes them, they are no backlog. */
const PASSING = 50

const waitingFacts = (queues) => {
  const queue = queues?.find(({ name }) => name === 'persister.facts')
  if (queue === undefined) return { depth: null, isPassing: false }
  const depth = queue.ready + queue.unacked
  return { depth, isPassing: depth > 0 && depth <= PASSING && queue.consumers > 0 }
}

/** The gaps that must be zero; null: not known at the moment. */
export const gapsOf = ({ counts, queues }) => {
  const facts = waitingFacts(queues)
  return {
    silent: counts ? counts.overdue.posts + counts.overdue.silent : null,
    unrecorded: facts.isPassing ? 0 : facts.depth,
    passing: facts.isPassing ? facts.depth : 0,
    unmeasured: counts ? counts.overdue.checks + counts.overdue.unplanned : null,
  }
}

/** Alerts that are named; the others are counted. */
export const NAMED = 3

/** What is wrong, of an alert's sentence; what to do stands with the alert. @param {string} sentence */
const whatIsWrong = (sentence) => sentence.match(/^.*?[.](?=\s|$)/)?.[0] ?? sentence

/** @param {any} counts @returns {[sentence: string, href: string][]} */
const alertsOf = (counts) => {
  const named = [...new Set(store.standing.map(({ sentence }) => whatIsWrong(sentence)))]
  const more = Math.max(0, (counts?.alerts ?? 0) - store.standing.length)
  const rest =
    named.length === 0 ? counted(more, 'alert stands', 'alerts stand') : counted(more, 'more alert', 'more alerts')
  return [...named, ...(more > 0 ? [`${rest}.`] : [])].map((text) => [text, '#/alerts'])
}

/** What a person must look at, each with where. @returns {[sentence: string, href: string | null][]} */
const wanted = ({ counts, queues, troubles }) => {
  const dead = (queues ?? []).filter(({ name, ready }) => name.endsWith('.dead') && ready > 0)
  const person = sum(counts, 'needs_attention')
  const { missing = 0, conflicts = 0 } = counts?.segments ?? {}
  return [
    // What is away has its banner.
    ...(away().length > 0 ? [] : troubles.map((text) => [text, null])),
    ...(person > 0 ? [[`${counted(person, 'post')} cannot go on without a person.`, '#/posts']] : []),
    ...alertsOf(counts),
    ...(missing > 0 ? [[`${counted(missing, 'segment')} went live and is gone from the platform.`, '#/posts']] : []),
    ...(conflicts > 0 ? [[`${counted(conflicts, 'segment')} with two platform ids: look at both.`, '#/alerts']] : []),
    ...dead.map(({ name, ready }) => [`${counted(ready, 'message')} in ${name}.`, '#/dead']),
  ]
}

/** What must be looked at, or that there is nothing. */
export const headline = (overview) => {
  const sentences = wanted(overview)
  const { silent, unrecorded, unmeasured } = gapsOf(overview)
  if (sentences.length > 0)
    return notice(
      'bad',
      h(
        'ul',
        null,
        sentences.map(([sentence, href]) =>
          h('li', { key: sentence }, sentence, href && [' ', h('a', { href }, 'Look')]),
        ),
      ),
    )
  if ([silent, unrecorded, unmeasured].every((value) => value === 0))
    return notice('good', 'Everything live is recorded, everything due is measured, and nothing is silent.')
  return null
}
