import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Wait for `work` no longer than `ms`. What was begun goes on; its late end, good or bad, is ignored.
 * @throws what `late()` makes when the time is over, or the signal's reason when it is aborted first
 */
export const within = async <T>(work: Promise<T>, ms: number, late: () => Error, signal?: AbortSignal): Promise<T> => {
  const over = new AbortController()
  work.catch(() => {})
  const timer = setTimeout(() => over.abort(late()), ms)
  try {
    return await Promise.race([
      work,
      rejection(signal === undefined ? over.signal : AbortSignal.any([over.signal, signal])),
    ])
  } finally {
    clearTimeout(timer)
  }
}

const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })

/** Wait `ms` or until the signal is aborted; says whether the whole time passed. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<boolean> => {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
    return true
  } catch {
    return false
  }
}

/** Resolves when the signal is aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Exponential backoff with full jitter over its upper half: `first` · 2^(n-1), at most `most` milliseconds.
 * @param n 1 for the first failure
 */
export const backoffMs = (n: number, first = 100, most = 10_000, random: () => number = Math.random): number => {
  const ceiling = Math.min(most, first * 2 ** Math.min(Math.max(n - 1, 0), 30))
  return ceiling / 2 + random() * (ceiling / 2)
}
