import type { DueCheck, Metrics } from '@surepost/shared/contracts'

type Figure = keyof Metrics

const INTERACTIONS = ['likes', 'reposts', 'replies', 'quotes', 'bookmarks'] as const satisfies readonly Figure[]
/** From this many on, none at all is a page that was misread, not an audience that left. */
const LEAST_SUDDEN = 5
/** People take a like back now and then: so much may go, once a second reading has shown it as well. */
const MOST_WITHDRAWN = { share: 0.1, count: 2 }

/** A post is viewed before it is liked: interactions above the views mean that the wrong element was read. */
const aboveViews = (metrics: Metrics): string | null => {
  const { views } = metrics
  if (views === null) return null
  const what = INTERACTIONS.find((figure) => (metrics[figure] ?? 0) > views)
  return what === undefined ? null : `${metrics[what]} ${what} with ${views} views`
}

/** Whether a fall is what people took back, seen twice. Views are never taken back. */
const isWithdrawn = (figure: Figure, last: number, now: number, doubted: number | null): boolean =>
  figure !== 'views' &&
  now > 0 &&
  doubted !== null &&
  now <= doubted + MOST_WITHDRAWN.count &&
  doubted < last &&
  last - now <= Math.max(MOST_WITHDRAWN.count, last * MOST_WITHDRAWN.share)

const fallen = (metrics: Metrics, last: Metrics, doubted: Metrics | null): string | null => {
  for (const figure of ['views', ...INTERACTIONS] as const) {
    const [now, before] = [metrics[figure], last[figure]]
    if (now === null || before === null || now >= before) continue
    if (now === 0 && before >= LEAST_SUDDEN) return `${figure} were ${before} and are suddenly 0`
    if (!isWithdrawn(figure, before, now, doubted?.[figure] ?? null)) return `${figure} fell from ${before} to ${now}`
  }
  return null
}

/**
 * Why a reading cannot be true, with the figures that say so; `null` when it can. Figures that only ever grow do not
 * fall, nobody likes what was not viewed, and an audience does not vanish. A small fall is believed when the reading
 * before, of the same check, showed it as well.
 */
export const suspicion = (metrics: Metrics, known: Pick<DueCheck, 'last' | 'doubted'> = {}): string | null =>
  aboveViews(metrics) ?? (known.last ? fallen(metrics, known.last, known.doubted ?? null) : null)

/** True when the page showed no figure at all: that is a page that was not read, not a post without reactions. */
export const isEmpty = (metrics: Metrics): boolean => Object.values(metrics).every((count) => count === null)
