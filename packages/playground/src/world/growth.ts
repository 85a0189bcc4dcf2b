import { createHash } from 'node:crypto'
import type { Figures } from './model.ts'

/** Numbers in [0, 1) that belong to a post's id: the same for ever, different from one figure to the next. */
const chances = (id: string): readonly number[] => {
  const digest = createHash('sha256').update(id).digest()
  return Array.from({ length: 7 }, (_, n) => digest.readUInt32BE(n * 4) / 2 ** 32)
}

/**
 * How an imaginary audience takes to a post: a function of its id and its age only, never falling, so that anybody can
 * check a reader. Views approach a ceiling of 40 to 40,000 with a half-life of 20 s to 10 min; the rest are shares of
 * the views. A post that was just made has been seen once, by its author.
 */
export const growthOf = (id: string, ageMs: number): Figures => {
  const [ceiling = 0, pace = 0, likes = 0, reposts = 0, bookmarks = 0, quotes = 0] = chances(id)
  const most = 40 * 1000 ** ceiling
  const halfLifeMs = 20_000 * 30 ** pace
  const views = Math.floor(most * (1 - 2 ** (-Math.max(0, ageMs) / halfLifeMs)))
  const share = (chance: number, least: number, greatest: number): number =>
    Math.floor(views * (least + chance * (greatest - least)))
  return {
    views: views + 1,
    likes: share(likes, 0.01, 0.08),
    reposts: share(reposts, 0.001, 0.02),
    bookmarks: share(bookmarks, 0.0005, 0.01),
    quotes: share(quotes, 0, 0.003),
    replies: 0,
  }
}
