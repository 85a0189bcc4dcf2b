import { get } from '../api.js'
import { h } from '../dom.js'
import { ago, duration } from '../format.js'
import { card, empty, notice, tag } from '../parts/parts.js'
import { slots } from '../parts/pool.js'
import { store, update } from '../store.js'

export const load = () =>
  get('/v1/leases').then(
    (answer) => update({ browsers: { answer, error: null } }),
    (error) => update({ browsers: { ...store.browsers, error: error.message } }),
  )

const CLASSES = {
  act: ['busy', 'Publishing'],
  interactive: ['wait', 'A person waits'],
  background: ['off', 'Reading'],
}
const STATES = { offered: 'offered', active: 'in use', closing: 'closing' }

const left = (until) => {
  const ms = Date.parse(until) - Date.now()
  return ms < 0 ? 'over' : duration(ms)
}

const row = (lease) => {
  const [tone, label] = CLASSES[lease.class] ?? ['off', lease.class]
  return h(
    'tr',
    { key: lease.leaseId },
    h('th', { scope: 'row' }, h('b', null, `@${lease.account}`)),
    h('td', null, tag(tone, label)),
    h('td', { class: 'muted' }, STATES[lease.state]),
    h('td', { class: 'figures' }, duration(Date.now() - Date.parse(lease.grantedAt))),
    h('td', { class: 'figures', title: ago(lease.expiresAt) }, left(lease.expiresAt)),
    h('td', { class: 'mono muted wide' }, lease.leaseId.slice(0, 8)),
    h('td', { class: 'figures muted wide' }, lease.shard),
  )
}

const table = (leases) =>
  leases.length === 0
    ? h('p', { class: 'muted small' }, 'No browser is leased.')
    : h(
        'div',
        { class: 'table-frame', tabindex: '0', role: 'group', 'aria-label': 'Leases' },
        h(
          'table',
          { class: 'table' },
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              ['Account', 'For', 'State', 'Held', 'Left', 'Lease', 'Shard'].map((name, n) =>
                h('th', { key: name, scope: 'col', class: n > 4 ? 'wide' : undefined }, name),
              ),
            ),
          ),
          h('tbody', null, leases.map(row)),
        ),
      )

export const view = () => {
  const { answer, error } = store.browsers
  return [
    h('header', null, h('h1', null, 'Browsers')),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      answer === null && !error && empty('Reading…'),
      answer?.silent.length > 0 && notice('bad', `The browser-broker of shard ${answer.silent.join(', ')} is silent.`),
      answer && card('Pool', slots(answer.pool), h('span', { class: 'muted' }, 'one slot is kept from reading')),
      answer && card('Leases', table(answer.leases)),
    ),
  ]
}
