import { get } from '../api.js'
import { h } from '../dom.js'
import { ago, duration } from '../format.js'
import { card, empty, notice, tag } from '../parts/parts.js'
import { store, update } from '../store.js'

export const facts = /^(?:job|alert|breaker)\./

export const load = async () => {
  const [jobs, breakers] = await Promise.allSettled([get('/v1/jobs'), get('/v1/breakers')])
  update({
    jobs: {
      jobs: jobs.status === 'fulfilled' ? jobs.value.jobs : store.jobs.jobs,
      breakers: breakers.status === 'fulfilled' ? breakers.value.breakers : store.jobs.breakers,
      error: jobs.status === 'rejected' ? jobs.reason.message : null,
    },
  })
}

/** Failures in a row from which on a job is in trouble: the alert's own measure. */
const IN_TROUBLE = 3
const OUTCOMES = { succeeded: ['good', 'Succeeded'], failed: ['bad', 'Failed'], skipped: ['off', 'Skipped'] }

const row = (job) => {
  const [tone, label] = OUTCOMES[job.lastOutcome] ?? ['off', 'Never ran']
  const isLate = job.nextDueAt !== null && Date.parse(job.nextDueAt) < Date.now() - 60_000
  return h(
    'tr',
    { key: `${job.job} ${job.account ?? ''}` },
    h(
      'th',
      { scope: 'row' },
      h('b', null, job.job),
      job.account && h('span', { class: 'muted' }, ` @${job.account}`),
      (job.lastDetail ?? job.lastCategory) &&
        h('p', { class: 'muted small clip', title: job.lastDetail }, job.lastDetail ?? job.lastCategory),
    ),
    h('td', null, tag(tone, label)),
    h('td', { class: 'figures wide' }, job.lastSuccessAt ? ago(job.lastSuccessAt) : '–'),
    h(
      'td',
      { class: 'figures wide', title: job.lastFailureDetail },
      job.lastFailureAt ? ago(job.lastFailureAt) : '–',
      job.lastFailureCategory && h('span', { class: 'muted small block' }, job.lastFailureCategory),
    ),
    h(
      'td',
      { class: 'figures', 'data-tone': job.consecutiveFailures >= IN_TROUBLE ? 'bad' : undefined },
      h('span', { class: job.consecutiveFailures >= IN_TROUBLE ? 'toned' : undefined }, job.consecutiveFailures),
    ),
    h('td', { class: 'figures wide' }, job.lastDurationMs === null ? '–' : duration(job.lastDurationMs)),
    h(
      'td',
      { class: 'figures wide' },
      job.nextDueAt === null
        ? h('span', { class: 'muted' }, 'on demand')
        : isLate
          ? tag('bad', 'late')
          : ago(job.nextDueAt),
    ),
  )
}

const HEADS = ['Job', 'Last run', 'Last success', 'Last failure', 'In a row', 'Took', 'Next']
const WIDE = new Set(['Last success', 'Last failure', 'Took', 'Next'])

const table = (jobs) =>
  h(
    'div',
    { class: 'table-frame', tabindex: '0', role: 'group', 'aria-label': 'Jobs' },
    h(
      'table',
      { class: 'table jobs' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          HEADS.map((name) => h('th', { key: name, scope: 'col', class: WIDE.has(name) ? 'wide' : undefined }, name)),
        ),
      ),
      h('tbody', null, jobs.map(row)),
    ),
  )

const BREAKERS = { open: ['bad', 'Open'], 'half-open': ['ask', 'Probing'], closed: ['good', 'Closed'] }

const breakerItem = ({ service, breaker, state, since, probeAt }) => {
  const [tone, label] = BREAKERS[state] ?? ['off', state]
  return h(
    'li',
    { key: `${service} ${breaker}`, class: 'breaker' },
    h(
      'div',
      { class: 'row' },
      tag(tone, label),
      h('b', { class: 'mono' }, breaker),
      h('span', { class: 'muted small' }, `of the ${service}`),
      h('span', { class: 'muted small push' }, `since ${ago(since)}`),
    ),
    state !== 'closed' &&
      h(
        'p',
        { class: 'muted small' },
        'It failed ten times in a row. Work for it waits and spends no attempt',
        probeAt && Date.parse(probeAt) > Date.now() ? `; it is probed ${ago(probeAt)}.` : '; it is being probed.',
      ),
  )
}

const breakersCard = (breakers) =>
  card(
    'Breakers',
    breakers === null || breakers.length === 0
      ? h('p', { class: 'muted small' }, 'No breaker has ever opened: nothing failed ten times in a row.')
      : h('ul', { class: 'stack tight' }, breakers.map(breakerItem)),
    breakers?.some(({ state }) => state !== 'closed') ? tag('bad', 'work waits') : tag('good', 'all closed'),
  )

/** Those that fail first, then by name. */
const inOrder = (jobs) =>
  [...jobs].sort((a, b) => b.consecutiveFailures - a.consecutiveFailures || a.job.localeCompare(b.job))

export const view = () => {
  const { jobs, breakers, error } = store.jobs
  return [
    h('header', null, h('h1', null, 'Jobs')),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      breakersCard(breakers),
      jobs === null && !error && empty('Reading…'),
      jobs?.length === 0 && h('div', { class: 'card' }, empty('No job has run yet.')),
      jobs && jobs.length > 0 && card('Runs', table(inOrder(jobs))),
    ),
  ]
}
