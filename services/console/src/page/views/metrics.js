import { get } from '../api.js'
import { h } from '../dom.js'
import { duration, figure } from '../format.js'
import { chart } from '../parts/chart.js'
import { card, empty, notice } from '../parts/parts.js'
import { columnsOf } from '../parts/spans.js'
import { store, update } from '../store.js'

export const facts = /^(?:post\.segment_published|metrics\.)/

export const load = async () => {
  const { hours } = store.metrics
  try {
    const answer = await get(`/v1/activity?hours=${hours}`)
    if (hours === store.metrics.hours) update({ metrics: { hours, answer, error: null } })
  } catch (error) {
    update({ metrics: { ...store.metrics, error: error.message } })
  }
}

/** @type {[hours: number, label: string][]} */
const RANGES = [
  [1, 'Hour'],
  [24, 'Day'],
  [168, 'Week'],
  [720, '30 days'],
  [2160, '90 days'],
]

const ranges = () =>
  h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Time' },
    RANGES.map(([hours, label]) =>
      h(
        'button',
        {
          key: hours,
          class: 'chip',
          'aria-pressed': String(store.metrics.hours === hours),
          onclick: () => {
            update({ metrics: { ...store.metrics, hours } })
            void load()
          },
        },
        label,
      ),
    ),
  )

const seconds = (value) => (value === null ? '–' : value < 0.001 ? '0 s' : duration(value * 1_000))

const tile = (label, value, note) =>
  h(
    'div',
    { key: label, class: 'card tile' },
    h('span', { class: 'muted small' }, label),
    h('strong', { class: 'figures' }, value),
    note && h('span', { class: 'muted small' }, note),
  )

const median = (values) => {
  const seen = values.filter((value) => value !== null).sort((a, b) => a - b)
  return seen.length === 0 ? null : seen[Math.floor(seen.length / 2)]
}

const charts = (answer) => {
  const { times, column, total } = columnsOf(answer)
  const line = (label, name, colour, more = {}) => ({ label, colour, values: column(name), ...more })
  const plot = (title, lines, more = {}) => card(title, chart({ title, times, lines, ...more }))
  return [
    h(
      'div',
      { class: 'tiles' },
      tile('Went live', figure(total('live')), `${figure(total('failed'))} failed or missed`),
      tile('Time to live', seconds(median(column('toLiveMedian'))), 'median, from due'),
      tile('Time to recorded', seconds(median(column('toRecordedMedian'))), 'median, from live'),
      tile('Readings', figure(total('checks')), `${figure(total('checksMissed'))} missed`),
      tile('Views', figure(total('views')), 'as last read'),
      tile('Likes', figure(total('likes')), `${figure(total('reposts'))} reposts, ${figure(total('replies'))} replies`),
    ),
    h(
      'div',
      { class: 'charts' },
      plot('Segments that went live', [
        line('live', 'live', 'accent', { bars: true }),
        line('failed', 'failed', 'bad', { bars: true }),
      ]),
      plot('Time to live', [line('median', 'toLiveMedian', 'accent'), line('longest', 'toLiveMost', 'ask')], {
        say: seconds,
      }),
      plot('Views, by when it went live', [line('views', 'views', 'busy', { bars: true })]),
      plot('Likes, reposts and replies, by when it went live', [
        line('likes', 'likes', 'bad'),
        line('reposts', 'reposts', 'good'),
        line('replies', 'replies', 'wait'),
      ]),
      plot('Readings', [
        line('done', 'checks', 'accent', { bars: true }),
        line('missed', 'checksMissed', 'bad', { bars: true }),
      ]),
      plot(
        'Time to recorded',
        [line('median', 'toRecordedMedian', 'accent'), line('longest', 'toRecordedMost', 'ask')],
        { say: seconds },
      ),
    ),
  ]
}

export const view = () => {
  const { answer, error } = store.metrics
  return [
    h('header', null, h('h1', null, 'Metrics')),
    h(
      'div',
      { class: 'stack' },
      ranges(),
      error && notice('bad', error),
      answer === null && !error && empty('Reading…'),
      answer && charts(answer),
    ),
  ]
}
