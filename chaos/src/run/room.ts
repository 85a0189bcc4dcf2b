import type { RecordReader } from './records.ts'

/**
 * Bounds what is under way: submitting waits until earlier posts have come to an end, as seen in the database. On a slow
 * machine a line without end would measure nothing but its own length.
 */
export interface Room {
  /** Resolves with a place when there is one; also when the signal is aborted. */
  take(signal: AbortSignal): Promise<Place>
}

export interface Place {
  /** The post that has this place is accepted: it is kept until that one has ended. */
  keepFor(postId: string): void
  /** Nothing has this place. */
  free(): void
}

/** More than are published at once, so that publishing never waits for work. */
const PLACES = 30
const LOOK_EVERY_MS = 1_500
/** A post may wait on a rung of minutes, or for its time: it does not hold its place for longer than this. */
const HELD_MS = 180_000

export const roomOf = (records: Pick<RecordReader, 'ended'>, ends: AbortSignal): Room => {
  const held = new Set<object>()
  const posts = new Map<string, { readonly place: object; readonly since: number }>()
  const waiting: (() => void)[] = []
  const free = (place: object): void => {
    if (held.delete(place)) waiting.shift()?.()
  }
  let looking = false
  const look = async (): Promise<void> => {
    if (looking || posts.size === 0) return
    looking = true
    // Away by a fault: then nothing is known to have ended.
    const ended = new Set(await records.ended([...posts.keys()]).catch(() => []))
    for (const [id, { place, since }] of posts) {
      if (!ended.has(id) && Date.now() - since < HELD_MS) continue
      posts.delete(id)
      free(place)
    }
    looking = false
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  ends.addEventListener('abort', () => clearInterval(timer), { once: true })
  return {
    take: async (signal) => {
      while (held.size >= PLACES && !signal.aborted) {
        const turn = Promise.withResolvers<void>()
        waiting.push(turn.resolve)
        signal.addEventListener('abort', () => turn.resolve(), { once: true })
        await turn.promise
      }
      const place = {}
      held.add(place)
      return {
        keepFor: (postId) => void posts.set(postId, { place, since: Date.now() }),
        free: () => free(place),
      }
    },
  }
}
