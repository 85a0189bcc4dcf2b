import { get } from '../api.js'
import { h } from '../dom.js'
import { counted } from '../format.js'
import { card, empty, notice, tag } from '../parts/parts.js'
import { queueTable } from '../parts/queue-table.js'
import { store, update } from '../store.js'

export const load = () =>
  get('/v1/queues').then(
    ({ queues }) => update({ queues: { items: queues, error: null } }),
    (error) => update({ queues: { ...store.queues, error: error.message } }),
  )

const isDead = ({ name }) => name.endsWith('.dead')
const isDelay = ({ name }) => name.startsWith('surepost.delay.')
const depth = (queues) => queues.reduce((total, { ready, unacked }) => total + ready + unacked, 0)

export const view = () => {
  const { items, error } = store.queues
  if (items === null)
    return [h('header', null, h('h1', null, 'Queues')), error ? notice('bad', error) : empty('Reading…')]
  const dead = items.filter(isDead)
  const lost = depth(dead)
  const work = items.filter((queue) => !isDead(queue) && !isDelay(queue))
  const delayed = items.filter(isDelay)
  return [
    h(
      'header',
      null,
      h('h1', null, 'Queues'),
      h('span', { class: 'muted small' }, `${counted(depth(work), 'message')} of work, ${depth(delayed)} on the clock`),
    ),
    h(
      'div',
      { class: 'stack' },
      error && notice('bad', error),
      card('Work', queueTable(work)),
      card(
        'Waiting on the clock',
        queueTable(delayed, { onlyBusy: true }),
        h('span', { class: 'muted' }, 'delay rungs of retries and schedules'),
      ),
      card(
        'Dead letters',
        queueTable(dead, { onlyBusy: true }),
        lost > 0 ? h('a', { href: '#/dead' }, `Look at ${counted(lost, 'message')}`) : tag('good', 'none'),
      ),
      h(
        'p',
        { class: 'muted small' },
        'Age is how long the oldest message has waited at least, from what this console counted since it started.',
      ),
    ),
  ]
}
