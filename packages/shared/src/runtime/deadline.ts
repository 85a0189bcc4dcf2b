import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Wait for `work` no longer than `ms`. What was begun goes on; its late end, good or bad, is ignored.
 * @throws what `late()` makes when the time is over, or the signal's reason when it is aborted first
 */
export const within = async <T>(work: Promise<T>, ms: number, late: () => Error, signal?: AbortSignal): Promise<T> => {
  work.catch(() => {})
  const cut = Promise.withResolvers<never>()
  const stop = (): void =>
    cut.reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)))
  const timer = setTimeout(() => cut.reject(late()), ms)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  try {
    return await Promise.race([work, cut.promise])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/**
 * A signal that is aborted with the first of several. To be disposed of when it is no longer needed: unlike
 * `AbortSignal.any`, whose listeners stay in memory for as long as the longest-lived of its sources.
 */
export const linkedSignal = (...sources: readonly AbortSignal[]): Disposable & { readonly signal: AbortSignal } => {
  const controller = new AbortController()
  const listeners = sources.map((source) => [source, (): void => controller.abort(source.reason)] as const)
  for (const [source, abort] of listeners) {
    if (source.aborted) abort()
    else source.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => listeners.forEach(([source, abort]) => source.removeEventListener('abort', abort)),
  }
}

/** Whether something is to end early, and the signal of it. */
export interface Ending {
  readonly aborted: boolean
  readonly signal: AbortSignal
}

/**
 * A linked signal that is made when somebody looks at it: what is over at once never needs one. Of several sources that
 * were aborted before, the first that is named gives the reason. To be disposed of like a linked signal.
 */
export const lazySignal = (...sources: readonly AbortSignal[]): Ending & Disposable => {
  let followed = sources
  let linked: ReturnType<typeof linkedSignal> | undefined
  return {
    get aborted() {
      return followed.some((source) => source.aborted)
    },
    get signal() {
      linked ??= linkedSignal(...followed)
      return linked.signal
    },
    [Symbol.dispose]() {
      followed = []
      linked?.[Symbol.dispose]()
    },
  }
}

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
