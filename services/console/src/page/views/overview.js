import { get } from '../api.js'
import { h } from '../dom.js'
import { counted, figure, time } from '../format.js'
import { icon } from '../icons.js'
import { card, empty, notice } from '../parts/parts.js'
import { store, update } from '../store.js'
import { sayFact } from '../words.js'
import { postRow } from './posts.js'
import { queueList, slots } from './system.js'

export const load = async () => {
  const [overview, latest] = await Promise.allSettled([get('/v1/overview'), get('/v1/posts?limit=6')])
  update({
    ...(overview.status === 'fulfilled' ? { overview: overview.value } : {}),
    latest: latest.status === 'fulfilled' ? latest.value.posts : store.latest,
    latestError: latest.status === 'rejected' ? latest.reason.message : null,
  })
}

const sum = (counts, ...states) => states.reduce((total, state) => total + (counts?.posts[state] ?? 0), 0)

/** As many facts as may be on their way at any moment: while somebody takes them, they are no backlog. */
const PASSING = 50

/** Facts that wait to be recorded: what may be live and not in the database yet. */
const unrecorded = (queues) => {
  const queue = queues?.find(({ name }) => name === 'persister.facts')
  if (queue === undefined) return gap(null, 'unrecorded', '')
  const depth = queue.ready + queue.unacked
  const passing = depth > 0 && depth <= PASSING && queue.consumers > 0
  return gap(
    depth,
    passing ? 'on the way' : 'unrecorded',
    'Facts that the database does not have yet',
    passing ? 'busy' : undefined,
  )
}

const stage = (label, value, unit) =>
  h(
    'li',
    { class: 'stage' },
    h('span', { class: 'label' }, label),
    h('strong', { class: 'figures' }, figure(value)),
    h('span', { class: 'muted small' }, unit),
  )

const toneOf = (value) => (value === null || value === undefined ? 'off' : value === 0 ? 'good' : 'bad')

/** A gap between two stages: zero, or something to look at. */
const gap = (value, label, explain, tone = toneOf(value)) => {
  return h(
    'li',
    { class: 'gap', 'data-tone': tone, title: explain },
    h(
      'span',
      { class: 'gap-chip' },
      tone === 'good' ? icon('check') : null,
      h('b', { class: 'figures' }, figure(value)),
      ` ${label}`,
    ),
  )
}

const flow = ({ counts, queues }) =>
  h(
    'ol',
    { class: 'card flow', 'aria-label': 'From due to measured' },
    stage('Waiting', counts && sum(counts, 'review', 'accepted', 'scheduled'), 'posts'),
    gap(counts?.overdue.posts, 'overdue', 'Posts that are due and not dispatched'),
    stage('In flight', counts && sum(counts, 'queued', 'publishing', 'unknown'), 'posts'),
    h('li', { class: 'gap plain', 'aria-hidden': 'true' }),
    stage('Live', counts?.segments.live, 'segments'),
    unrecorded(queues),
    stage('Recorded', counts?.segments.recorded, 'segments'),
    gap(counts?.overdue.checks, 'unmeasured', 'Measurements that are due and not done'),
    stage('Measured', counts?.segments.measured, 'segments'),
  )

const attention = ({ counts, troubles, queues }) => {
  const dead = (queues ?? []).filter(({ name, ready }) => name.endsWith('.dead') && ready > 0)
  const person = sum(counts, 'needs_attention')
  const sentences = [
    ...troubles,
    ...(person > 0 ? [`${counted(person, 'post')} cannot go on without a person.`] : []),
    ...(counts?.segments.missing
      ? [`${counted(counts.segments.missing, 'segment')} went live and is gone from the platform.`]
      : []),
    ...(counts?.segments.conflicts
      ? [`${counted(counts.segments.conflicts, 'segment')} with two platform ids: look at both.`]
      : []),
    ...dead.map(({ name, ready }) => `${counted(ready, 'message')} in ${name}.`),
  ]
  return sentences.length === 0
    ? null
    : notice(
        'bad',
        h(
          'ul',
          null,
          sentences.map((sentence) => h('li', { key: sentence }, sentence)),
        ),
      )
}

const latest = () => {
  if (store.latestError) return notice('bad', store.latestError)
  if (store.latest === null) return empty('Reading…')
  if (store.latest.length === 0)
    return empty(
      'Nothing was submitted yet.',
      h('a', { class: 'button primary', href: '#/compose' }, 'Write the first post'),
    )
  return h('ul', { class: 'rows' }, store.latest.map(postRow))
}

const feed = () =>
  store.feed.length === 0
    ? h('p', { class: 'muted small' }, 'Facts appear here as they happen.')
    : h(
        'ol',
        { class: 'feed' },
        store.feed.slice(0, 14).map((fact) => {
          const [tone, sentence] = sayFact(fact.type, fact)
          const text = fact.postId ? h('a', { href: `#/posts/${fact.postId}` }, sentence) : sentence
          return h(
            'li',
            { key: fact.id, 'data-tone': tone },
            h('span', null, text),
            h('time', { class: 'muted small figures' }, time(fact.at)),
          )
        }),
      )

export const view = () => {
  const overview = store.overview ?? { counts: null, queues: null, pool: null, troubles: [] }
  return [
    h('header', null, h('h1', null, 'Overview'), h('span', { class: 'muted small' }, 'the last seven days')),
    h(
      'div',
      { class: 'stack' },
      attention(overview),
      flow(overview),
      h(
        'div',
        { class: 'columns' },
        h('div', { class: 'stack' }, card('Latest posts', latest(), h('a', { href: '#/posts' }, 'All posts'))),
        h(
          'div',
          { class: 'stack' },
          card('Happening now', feed()),
          card('Browsers', slots(overview.pool), h('a', { href: '#/system' }, 'System')),
          card('Queues', queueList(overview.queues, { onlyBusy: true, brief: true })),
        ),
      ),
    ),
  ]
}
