import { get } from '../api.js'
import { h } from '../dom.js'
import { counted, figure, time } from '../format.js'
import { icon } from '../icons.js'
import { chart } from '../parts/chart.js'
import { card, empty, notice } from '../parts/parts.js'
import { slots } from '../parts/pool.js'
import { queueTable } from '../parts/queue-table.js'
import { columnsOf } from '../parts/spans.js'
import { store, update } from '../store.js'
import { sayFact } from '../words.js'
import { NAMED, gapsOf, headline, sum } from './overview-gaps.js'
import { postRow } from './posts.js'

export const facts = /./

export const load = async () => {
  const [overview, latest, activity, alerts] = await Promise.allSettled([
    get('/v1/overview'),
    get('/v1/posts?limit=6'),
    get('/v1/activity?hours=24'),
    get(`/v1/alerts?active=true&limit=${NAMED}`),
  ])
  update({
    ...(overview.status === 'fulfilled' ? { overview: overview.value } : {}),
    ...(activity.status === 'fulfilled' ? { activity: activity.value } : {}),
    standing: alerts.status === 'fulfilled' ? alerts.value.alerts : [],
    latest: latest.status === 'fulfilled' ? latest.value.posts : store.latest,
    latestError: latest.status === 'rejected' ? latest.reason.message : null,
  })
}

const stage = (label, value, unit) =>
  h(
    'li',
    { class: 'stage', key: label },
    h('span', { class: 'label' }, label),
    h('strong', { class: 'figures' }, figure(value)),
    h('span', { class: 'muted small' }, unit),
  )

const toneOf = (value) => (value === null || value === undefined ? 'off' : value === 0 ? 'good' : 'bad')

/** A gap between two stages: zero, or something to look at. */
const gap = (value, label, explain, passing = 0) => {
  const tone = passing > 0 ? 'busy' : toneOf(value)
  return h(
    'li',
    { class: 'gap', 'data-tone': tone, title: explain, key: explain },
    h(
      'span',
      { class: 'gap-chip' },
      tone === 'good' ? icon('check') : null,
      h('b', { class: 'figures' }, figure(passing > 0 ? passing : value)),
      passing > 0 ? ' on the way' : ` ${label}`,
    ),
  )
}

const flow = (overview) => {
  const { counts } = overview
  const gaps = gapsOf(overview)
  return h(
    'ol',
    { class: 'card flow', 'aria-label': 'From due to measured' },
    stage('Due', counts && sum(counts, 'review', 'accepted', 'scheduled'), 'posts'),
    gap(gaps.silent, 'silent', 'Posts that are due or in flight, and of which nothing is heard'),
    stage('In flight', counts && sum(counts, 'queued', 'publishing', 'unknown'), 'posts'),
    h('li', { class: 'gap plain', 'aria-hidden': 'true' }),
    stage('Live', counts?.segments.live, 'segments'),
    gap(gaps.unrecorded, 'unrecorded', 'Facts that the database does not have yet', gaps.passing),
    stage('Recorded', counts?.segments.recorded, 'segments'),
    gap(gaps.unmeasured, 'unmeasured', 'Measurements that are due and not done'),
    stage('Measured', counts?.segments.measured, 'segments'),
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
        store.feed.slice(0, 12).map((fact) => {
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

const day = () => {
  if (store.activity === null) return null
  const { times, column, total } = columnsOf(store.activity)
  const lines = [
    { label: 'live', colour: 'accent', values: column('live'), bars: true },
    { label: 'failed', colour: 'bad', values: column('failed'), bars: true },
  ]
  return card(
    'Last 24 hours',
    chart({ title: 'Segments that went live in the last 24 hours', times, lines, height: 110, small: true }),
    h('a', { href: '#/metrics' }, counted(total('live') ?? 0, 'segment')),
  )
}

export const view = () => {
  const overview = store.overview ?? { counts: null, queues: null, pool: null, troubles: [] }
  return [
    h('header', null, h('h1', null, 'Overview'), h('span', { class: 'muted small' }, 'the last seven days')),
    h(
      'div',
      { class: 'stack' },
      headline(overview),
      flow(overview),
      h(
        'div',
        { class: 'columns' },
        h('div', { class: 'stack' }, day(), card('Latest posts', latest(), h('a', { href: '#/posts' }, 'All posts'))),
        h(
          'div',
          { class: 'stack' },
          card('Happening now', feed()),
          card('Browsers', slots(overview.pool), h('a', { href: '#/browsers' }, 'Leases')),
          card(
            'Queues',
            queueTable(overview.queues, { onlyBusy: true, brief: true }),
            h('a', { href: '#/queues' }, 'All queues'),
          ),
        ),
      ),
    ),
  ]
}
