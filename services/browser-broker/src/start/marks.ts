import { LedgerMarked, MarkControl, newId } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { pause } from '@surepost/shared/runtime'

/** A mark that did not come is sent again: RabbitMQ may have been rebuilding the queue. */
const AGAIN_MS = 10_000

/** Sent marks and those that came back. */
export interface Marks {
  marked(mark: string): void
  /** Resolves when every mark has come back: what was queued before them has been handled. @throws the signal's reason */
  drained(bus: Pick<Bus, 'emit' | 'send'>, shard: number, signal: AbortSignal): Promise<void>
}

/**
 * Before it grants anything a starting broker must have heard what was said while it was away: cancels, pauses and the
 * kill switch in its control queue, and the facts that settle actions. It puts a mark at the end of each queue and
 * waits for both.
 */
export const openMarks = (): Marks => {
  const waiting = new Map<string, () => void>()
  const come = (send: (mark: string) => Promise<void>, signal: AbortSignal): Promise<void> => {
    const arrived = Promise.withResolvers<void>()
    const again = async (): Promise<void> => {
      const over = new AbortController()
      void arrived.promise.then(() => over.abort())
      do {
        const mark = newId()
        waiting.set(mark, arrived.resolve)
        await send(mark)
      } while (await pause(AGAIN_MS, AbortSignal.any([signal, over.signal])))
      signal.throwIfAborted()
    }
    return again().then(() => arrived.promise)
  }
  return {
    marked: (mark) => {
      waiting.get(mark)?.()
      waiting.delete(mark)
    },
    async drained(bus, shard, signal) {
      await Promise.all([
        come((mark) => bus.send(MarkControl, { mark }, { shard, signal }), signal),
        come((mark) => bus.emit(LedgerMarked, { at: new Date().toISOString(), mark }, { signal }), signal),
      ])
      waiting.clear()
    },
  }
}
