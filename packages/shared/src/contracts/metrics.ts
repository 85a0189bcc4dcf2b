import { z } from 'zod'

const Count = z.int().nonnegative().nullable()

/** What a page showed of a post. A figure that was not shown is `null`, never 0. */
export const Metrics = z.strictObject({
  replies: Count,
  reposts: Count,
  quotes: Count,
  likes: Count,
  bookmarks: Count,
  views: Count,
})
export type Metrics = z.infer<typeof Metrics>

/** When a live segment is read, in seconds after it went live: 15 min, 1 h, 6 h, 24 h, 3 d, 7 d, 30 d. */
export const DEFAULT_CHECKS: readonly number[] = [900, 3_600, 21_600, 86_400, 259_200, 604_800, 2_592_000]
