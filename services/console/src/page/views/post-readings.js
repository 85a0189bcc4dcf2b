import { h } from '../dom.js'
import { counted } from '../format.js'
import { chart } from '../parts/chart.js'
import { card } from '../parts/parts.js'
import { store, update } from '../store.js'

const FIGURES = ['views', 'likes', 'reposts', 'quotes', 'replies', 'bookmarks']
const COLOURS = ['accent', 'busy', 'wait', 'ask', 'good', 'bad']

/** A line for each segment: its figure at each reading, from nothing at the moment it went live. */
const plotOf = (post, readings, name) => {
  const believed = readings.filter(({ suspect }) => suspect === null)
  const starts = post.segments.flatMap(({ publishedAt }) => (publishedAt ? [publishedAt] : []))
  const instants = [...new Set([...starts, ...believed.map(({ at }) => at)])].sort((a, b) => a.localeCompare(b))
  const lines = post.segments.map(({ index, publishedAt }) => {
    const own = new Map(
      believed.filter(({ segment }) => segment === index).map(({ at, metrics }) => [at, metrics[name]]),
    )
    return {
      label: post.segments.length > 1 ? `segment ${index + 1}` : name,
      colour: COLOURS[index % COLOURS.length] ?? 'accent',
      values: instants.map((at) => own.get(at) ?? (at === publishedAt ? 0 : null)),
    }
  })
  return {
    title: `${name[0]?.toUpperCase()}${name.slice(1)} over time`,
    times: instants.map((at) => Date.parse(at) / 1_000),
    lines,
  }
}

const choice = () =>
  h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Figure' },
    FIGURES.map((name) =>
      h(
        'button',
        {
          key: name,
          class: 'chip small-chip',
          'aria-pressed': String(store.post.figure === name),
          onclick: () => update({ post: { ...store.post, figure: name } }),
        },
        name,
      ),
    ),
  )

/** How a post did over time; nothing before its first reading. */
export const readingsCard = (post, readings) => {
  if (readings.length === 0) return null
  const doubted = readings.filter(({ suspect }) => suspect !== null).length
  return card(
    'Readings',
    [choice(), chart(plotOf(post, readings, store.post.figure))],
    h(
      'span',
      { class: 'muted' },
      counted(readings.length, 'reading'),
      doubted > 0 && `, ${counted(doubted, 'is', 'are')} not believed`,
    ),
  )
}
