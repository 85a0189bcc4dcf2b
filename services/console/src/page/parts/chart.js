import { h } from '../dom.js'
import { figure } from '../format.js'

/** The library's version is part of its path (http/app.ts): a page test fails when this is another one. */
const UPLOT = '/vendor/uplot-1.6.32/uPlot.esm.js'

/**
 * @typedef {{ label: string, colour: string, values: (number | null)[], bars?: boolean, say?: (value: number | null | undefined) => string }} Line
 * @typedef {{ title: string, times: number[], lines: Line[], height?: number, say?: (value: number | null | undefined) => string, small?: boolean }} Plot
 */

/** A colour of the theme as the canvas wants it. @param {Element} at @param {string} name */
const colourOf = (at, name) => {
  const probe = document.createElement('i')
  probe.className = `ink-${name}`
  at.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

const axis = (element, plot) => ({
  stroke: colourOf(element, 'muted'),
  grid: { stroke: colourOf(element, 'line'), width: 1 },
  ticks: { show: false },
  font: `11px ${getComputedStyle(element).fontFamily}`,
  size: 48,
  ...(plot === undefined ? { size: 28, grid: { show: false } } : {}),
})

const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const LONG_SECONDS = 2 * 86_400
/** Clock times on a short axis, days on a long one. */
const instants = (_, all) => {
  const format = (all.at(-1) ?? 0) - (all[0] ?? 0) > LONG_SECONDS ? day : hour
  return all.map((at) => format.format(at * 1_000))
}

const seriesOf =
  (uPlot, element, { say = figure }) =>
  (line) => {
    const stroke = colourOf(element, line.colour)
    return {
      label: line.label,
      stroke,
      fill: line.bars ? stroke : undefined,
      width: line.bars ? 0 : 2,
      points: { show: !line.bars && line.values.filter((v) => v !== null).length < 40, size: 5, fill: stroke },
      spanGaps: true,
      value: (_, value) => (line.say ?? say)(value),
      ...(line.bars ? { paths: uPlot.paths.bars({ size: [0.72, 40], radius: 0.2 }) } : {}),
    }
  }

/** Draws its `plot` with uPlot; drawn anew when the plot, the theme or the width is another one. */
class Chart extends HTMLElement {
  /** @type {Plot | undefined} */
  #plot
  /** @type {any} */
  #drawn
  #shape = ''
  #figures = ''
  #resize = new ResizeObserver(() => this.#fit())
  #theme = new MutationObserver(() => void this.#draw())
  #dark = matchMedia('(prefers-color-scheme: dark)')
  #onDark = () => void this.#draw()

  set plot(plot) {
    this.#plot = plot
    if (this.isConnected) void this.#show()
  }
  get plot() {
    return this.#plot
  }
  connectedCallback() {
    this.#resize.observe(this)
    this.#theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    this.#dark.addEventListener('change', this.#onDark)
    void this.#show()
  }
  disconnectedCallback() {
    this.#resize.disconnect()
    this.#theme.disconnect()
    this.#dark.removeEventListener('change', this.#onDark)
    this.#drawn?.destroy()
    this.#drawn = undefined
  }

  get #height() {
    return this.#plot?.height ?? 190
  }
  #fit() {
    if (this.#drawn && this.clientWidth > 0) this.#drawn.setSize({ width: this.clientWidth, height: this.#height })
  }
  /** New figures of the same lines move what is there. */
  async #show() {
    if (!this.#plot) return
    const shape = JSON.stringify([this.#plot.title, this.#plot.lines.map(({ label, colour }) => [label, colour])])
    const figures = JSON.stringify(this.#data(this.#plot))
    if (this.#drawn && shape === this.#shape && figures === this.#figures) return
    const isSame = this.#drawn && shape === this.#shape
    this.#shape = shape
    this.#figures = figures
    if (isSame) this.#drawn.setData(this.#data(this.#plot))
    else await this.#draw()
  }
  /** @param {Plot} plot */
  #data({ times, lines }) {
    return [times, ...lines.map(({ values }) => values)]
  }
  async #draw() {
    const { default: uPlot } = await import(UPLOT)
    const plot = this.#plot
    if (!plot || !this.isConnected) return
    this.#drawn?.destroy()
    const say = plot.say ?? figure
    const options = {
      width: Math.max(120, this.clientWidth),
      height: this.#height,
      series: [{ value: (_, at) => (at === null ? '–' : new Date(at * 1_000).toLocaleString('en-GB')) }].concat(
        plot.lines.map(seriesOf(uPlot, this, plot)),
      ),
      axes: [
        { ...axis(this, undefined), values: instants, space: 64 },
        { ...axis(this, plot), show: !plot.small, values: (_, all) => all.map(say) },
      ],
      scales: { y: { range: (_, _least, most) => [0, Math.max(1, most ?? 1) * 1.1] } },
      legend: { show: !plot.small, live: true },
      cursor: { drag: { x: false, y: false }, points: { size: 7 }, show: !plot.small },
      padding: plot.small ? [8, 18, 0, 18] : [8, 18, 0, 0],
    }
    this.#drawn = new uPlot(options, this.#data(plot), this)
  }
}
customElements.define('surepost-chart', Chart)

/** A sentence of each line for who cannot see it. @param {Plot} plot */
const inWords = ({ title, lines, say = figure }) =>
  `${title}: ${lines
    .map(({ label, values, say: own = say }) => {
      const seen = values.filter((value) => value !== null)
      return seen.length === 0
        ? `${label} none`
        : `${label} up to ${own(Math.max(...seen))}, last ${own(seen.at(-1) ?? null)}`
    })
    .join('; ')}`

/** @param {Plot} plot */
export const chart = (plot) =>
  h(
    'figure',
    { key: plot.title, class: plot.small ? 'plot small-plot' : 'plot' },
    h('figcaption', { class: 'sr' }, inWords(plot)),
    h('surepost-chart', { plot, 'aria-hidden': 'true' }),
  )
