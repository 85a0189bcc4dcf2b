import { setTimeout as delay } from 'node:timers/promises'

export interface Waiting {
  readonly withinMs: number
  readonly everyMs: number
  readonly signal: AbortSignal
}

/**
 * Look until something holds. A look that fails (the thing is down, which is the point here) counts as "not yet".
 * @returns whether it held in time
 * @throws the signal's reason when it is aborted
 */
export const until = async (
  holds: () => Promise<boolean>,
  { withinMs, everyMs, signal }: Waiting,
): Promise<boolean> => {
  const deadline = Date.now() + withinMs
  for (;;) {
    signal.throwIfAborted()
    if (await holds().catch(() => false)) return true
    if (Date.now() + everyMs > deadline) return false
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
