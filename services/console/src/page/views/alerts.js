import { get } from '../api.js'
import { h } from '../dom.js'
import { ago, counted, duration } from '../format.js'
import { icon } from '../icons.js'
import { card, empty, notice, tag } from '../parts/parts.js'
import { store, update } from '../store.js'

export const facts = /^alert\./

export const load = () =>
  get('/v1/alerts?limit=100').then(
    ({ alerts }) => update({ alerts: { items: alerts, error: null } }),
    (error) => update({ alerts: { ...store.alerts, error: error.message } }),
  )

const SEVERITIES = { critical: ['bad', 'Critical'], warning: ['ask', 'Warning'], info: ['busy', 'Info'] }

/** Where a person goes on from an alert, by its key. @type {[RegExp, (rest: string) => string, string][]} */
const PLACES = [
  [/^dead-letters:(.*)$/, () => '#/dead', 'Dead letters'],
  [/^post\.needs_attention\.(.*)$/, (id) => `#/posts/${id}`, 'The post'],
  [/^segment-conflict:([^:.]*)/, (id) => `#/posts/${id}`, 'The post'],
  [/^account\./, () => '#/accounts', 'Accounts'],
  [/^(?:job|breaker)\./, () => '#/jobs', 'Jobs'],
  [/^(?:pool|browsers|platform)/, () => '#/browsers', 'Browsers'],
  [/^(?:record_queue|unroutable|rabbitmq)/, () => '#/queues', 'Queues'],
]

const onward = (key) => {
  for (const [pattern, href, label] of PLACES) {
    const found = pattern.exec(key)
    if (found) return h('a', { href: href(found[1] ?? '') }, label)
  }
  return null
}

const runbook = (link) =>
  link &&
  h(
    'a',
    {
      // The name of a section is found by the browser itself: the runbook is served as it is written.
      href: /^https?:/.test(link)
        ? link
        : `/${link.replace(/#(.*)$/, (_, name) => `#:~:text=${name.replaceAll('-', '%2D')}`)}`,
      target: '_blank',
      rel: 'noreferrer',
      class: 'row small runbook',
    },
    'Runbook',
    icon('link'),
  )

const item = (alert) => {
  const [tone, label] = SEVERITIES[alert.severity] ?? ['off', alert.severity]
  return h(
    'li',
    { key: alert.key, class: 'card alert', 'data-tone': tone, tabindex: '0', 'data-row': true },
    h(
      'div',
      { class: 'row' },
      tag(tone, label),
      h('span', { class: 'mono muted small' }, alert.key),
      h('span', { class: 'muted small push' }, `since ${ago(alert.raisedAt)}`),
    ),
    h('p', null, alert.sentence),
    h(
      'div',
      { class: 'row small' },
      alert.times > 1 && h('span', { class: 'muted' }, `said ${alert.times} times`),
      onward(alert.key),
      runbook(alert.runbook),
    ),
  )
}

const past = (alert) =>
  h(
    'li',
    { key: alert.key, class: 'past' },
    h('span', { class: 'clip' }, alert.sentence),
    h(
      'span',
      { class: 'muted small figures' },
      `${ago(alert.clearedAt)}, after ${duration(Math.max(0, Date.parse(alert.clearedAt) - Date.parse(alert.raisedAt)))}`,
    ),
  )

export const view = () => {
  const { items, error } = store.alerts
  const active = (items ?? []).filter((alert) => alert.active)
  const over = (items ?? []).filter((alert) => !alert.active)
  return [
    h(
      'header',
      null,
      h('h1', null, 'Alerts'),
      items &&
        h('span', { class: 'muted small' }, active.length === 0 ? '' : counted(active.length, 'stands', 'stand')),
    ),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      items === null && !error && empty('Reading…'),
      items && active.length === 0 && notice('good', 'Nothing is wrong.'),
      active.length > 0 && h('ul', { class: 'stack' }, active.map(item)),
      over.length > 0 && card('Over', h('ul', { class: 'stack tight' }, over.slice(0, 40).map(past))),
    ),
  ]
}
