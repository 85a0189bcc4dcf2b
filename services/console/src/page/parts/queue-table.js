import { h } from '../dom.js'
import { duration, figure } from '../format.js'

const rate = (value) => (value < 0.05 ? '–' : `${figure(value)}/s`)
const cell = (value, text, more = '') => h('td', { class: `figures ${more} ${value === 0 ? 'zero' : ''}` }, text)
const depthOf = ({ ready, unacked }) => ready + unacked

const [WIDTH, HEIGHT] = [72, 20]
/** A queue's depth over the last minutes, as a line. @param {number[]} values */
const spark = (values) => {
  const most = Math.max(1, ...values)
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, n) => `${(n * step).toFixed(1)},${(HEIGHT - 1 - (value / most) * (HEIGHT - 2)).toFixed(1)}`,
  )
  return h(
    'svg',
    { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    h('polyline', { points: points.join(' ') }),
  )
}

const age = (queue) => {
  const { ageMs } = queue
  if (ageMs === null) return h('td', { class: 'figures zero' }, '–')
  return cell(depthOf(queue), depthOf(queue) === 0 ? '–' : ageMs < 1_000 ? 'new' : `≥ ${duration(ageMs)}`)
}

const row = (brief) => (queue) => {
  const isBad = queue.name.endsWith('.dead') && depthOf(queue) > 0
  return h(
    'tr',
    { key: queue.name, 'data-tone': isBad ? 'bad' : undefined },
    h('th', { scope: 'row', class: 'mono' }, queue.name),
    cell(depthOf(queue), figure(depthOf(queue))),
    age(queue),
    !brief && cell(queue.unacked, figure(queue.unacked), 'wide'),
    !brief && cell(queue.inRate, rate(queue.inRate), 'wide'),
    !brief && cell(queue.outRate, rate(queue.outRate), 'wide'),
    !brief && cell(queue.consumers, queue.consumers === 0 ? '–' : queue.consumers, 'wide'),
    !brief && h('td', { class: 'wide' }, spark(queue.history ?? [])),
  )
}

const HEADS = ['Queue', 'Depth', 'Age', 'In hand', 'In', 'Out', 'Consumers', 'Last minutes']

/** @param {any[] | null} queues @param {{ onlyBusy?: boolean, brief?: boolean }} [options] */
export const queueTable = (queues, { onlyBusy = false, brief = false } = {}) => {
  if (queues === null) return h('p', { class: 'muted small' }, 'RabbitMQ cannot be asked at the moment.')
  const shown = onlyBusy ? queues.filter((queue) => depthOf(queue) > 0) : queues
  if (shown.length === 0) return h('p', { class: 'muted small' }, `All ${queues.length} queues are empty.`)
  return h(
    'div',
    { class: 'table-frame', tabindex: '0', role: 'group', 'aria-label': 'Queues' },
    h(
      'table',
      { class: 'table' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          HEADS.slice(0, brief ? 3 : HEADS.length).map((name, n) =>
            h('th', { key: name, scope: 'col', class: n > 2 ? 'wide' : undefined }, name),
          ),
        ),
      ),
      h('tbody', null, shown.map(row(brief))),
    ),
  )
}
