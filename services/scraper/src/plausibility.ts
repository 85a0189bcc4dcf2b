import type { Metrics } from '@surepost/shared/contracts'

/**
 * Why a reading cannot be true, or null. A post is viewed before it is liked, so interactions above the views mean that
 * the wrong element was read.
 */
export const suspicion = (metrics: Metrics): string | null => {
  if (metrics.views === null) return null
  for (const what of ['likes', 'reposts', 'replies', 'quotes', 'bookmarks'] as const) {
    const count = metrics[what]
    if (count !== null && count > metrics.views) return `${count} ${what} with ${metrics.views} views`
  }
  return null
}

/** True when the page showed no figure at all: that is a page that was not read, not a post without reactions. */
export const isEmpty = (metrics: Metrics): boolean => Object.values(metrics).every((count) => count === null)
