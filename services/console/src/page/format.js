const number = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** @param {number | null | undefined} value a figure that was not shown is a dash, never 0 */
export const figure = (value) => (value === null || value === undefined ? '–' : number.format(value))

/** @param {string} instant */
export const time = (instant) => clock.format(new Date(instant))
/** @param {string} instant */
export const moment = (instant) => short.format(new Date(instant))

/** @param {number} ms */
export const duration = (ms) => {
  const seconds = Math.abs(ms) / 1_000
  if (seconds < 1) return `${Math.round(Math.abs(ms))} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

/** @param {string} instant */
export const ago = (instant) => {
  const ms = Date.now() - new Date(instant).getTime()
  if (Math.abs(ms) > 6 * 86_400_000) return moment(instant)
  if (Math.abs(ms) < 3_000) return 'now'
  const whole = duration(Math.round(ms / 1_000) * 1_000).replace('.0', '')
  return ms > 0 ? `${whole} ago` : `in ${whole}`
}

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${figure(count)} ${count === 1 ? one : many}`
