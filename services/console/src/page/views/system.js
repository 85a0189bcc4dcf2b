import { get } from '../api.js'
import { h } from '../dom.js'
import { counted, duration, figure } from '../format.js'
import { card, notice, tag } from '../parts/parts.js'
import { store, update } from '../store.js'

export const load = async () => update({ overview: await get('/v1/overview') })

const CLASSES = ['act', 'interactive', 'background']

/** One square per browser slot of each shard, filled while it is leased. */
export const slots = (pool) => {
  if (pool === null) return h('p', { class: 'muted small' }, 'The browser pool is not known at the moment.')
  if (pool.length === 0) return h('p', { class: 'muted small' }, 'No browser-broker answers.')
  return h(
    'div',
    { class: 'pool' },
    pool.map((shard) =>
      h(
        'div',
        { key: shard.shard, class: 'shard' },
        h(
          'div',
          { class: 'slots', role: 'img', 'aria-label': `${shard.active} of ${shard.slots} browsers in use` },
          Array.from({ length: shard.slots }, (_, n) => h('i', { key: n, 'data-used': n < shard.active })),
        ),
        h('span', { class: 'small' }, `${shard.active} of ${shard.slots} in use`),
        h(
          'span',
          { class: 'muted small figures' },
          CLASSES.filter((name) => shard.waiting[name] > 0)
            .map((name) => `${shard.waiting[name]} ${name}`)
            .join(', ')
            .replace(/^(?=.)/, 'waiting: ') || 'nobody waits',
          shard.oldestWaitMs > 0 && `, the oldest for ${duration(shard.oldestWaitMs)}`,
        ),
      ),
    ),
  )
}

const rate = (value) => (value < 0.05 ? '–' : `${figure(value)}/s`)

const cell = (value, text, more = '') => h('td', { class: `figures ${more} ${value === 0 ? 'zero' : ''}` }, text)

const queueRow = (queue) => {
  const dead = queue.name.endsWith('.dead')
  const depth = queue.ready + queue.unacked
  return h(
    'tr',
    { key: queue.name, 'data-tone': dead && depth > 0 ? 'bad' : undefined },
    h('th', { scope: 'row', class: 'mono' }, queue.name),
    cell(queue.ready, figure(queue.ready)),
    cell(queue.unacked, figure(queue.unacked)),
    cell(queue.inRate, rate(queue.inRate), 'wide'),
    cell(queue.outRate, rate(queue.outRate), 'wide'),
    cell(queue.consumers, queue.consumers === 0 ? '–' : queue.consumers, 'wide'),
  )
}

/** @param {any[] | null} queues @param {{ onlyBusy?: boolean, brief?: boolean }} [options] */
export const queueList = (queues, { onlyBusy = false, brief = false } = {}) => {
  if (queues === null) return h('p', { class: 'muted small' }, 'RabbitMQ cannot be asked at the moment.')
  const shown = onlyBusy ? queues.filter(({ ready, unacked }) => ready + unacked > 0) : queues
  if (shown.length === 0) return h('p', { class: 'muted small' }, `All ${queues.length} queues are empty.`)
  return h(
    'div',
    { class: 'table-frame' },
    h(
      'table',
      { class: brief ? 'table brief' : 'table' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['Queue', 'Ready', 'In hand', 'In', 'Out', 'Consumers'].map((name, n) =>
            h('th', { key: name, scope: 'col', class: n > 2 ? 'wide' : undefined }, name),
          ),
        ),
      ),
      h('tbody', null, shown.map(queueRow)),
    ),
  )
}

const group = (queues, test) => queues?.filter(({ name }) => test(name)) ?? null
const isDead = (name) => name.endsWith('.dead')
const isDelay = (name) => name.startsWith('surepost.delay.')

export const view = () => {
  const { pool, queues, troubles } = store.overview ?? { pool: null, queues: null, troubles: [] }
  const dead = group(queues, isDead)
  const lost = dead?.reduce((total, { ready }) => total + ready, 0) ?? 0
  return [
    h('header', null, h('h1', null, 'System')),
    h(
      'div',
      { class: 'stack' },
      troubles.length > 0 &&
        notice(
          'bad',
          h(
            'ul',
            null,
            troubles.map((text) => h('li', { key: text }, text)),
          ),
        ),
      card('Browser pool', slots(pool)),
      card('Work', queueList(group(queues, (name) => !isDead(name) && !isDelay(name)))),
      card(
        'Waiting on the clock',
        queueList(group(queues, isDelay), { onlyBusy: true }),
        h('span', { class: 'muted' }, 'delay rungs'),
      ),
      card(
        'Dead letters',
        queueList(dead, { onlyBusy: true }),
        lost > 0 ? tag('bad', counted(lost, 'message')) : tag('good', 'none'),
      ),
    ),
  ]
}
