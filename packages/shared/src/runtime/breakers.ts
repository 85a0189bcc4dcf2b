import {
  type CircuitBreakerPolicy,
  type IBreaker,
  CircuitState,
  ExponentialBackoff,
  type IBackoffFactory,
  type IHalfOpenAfterBackoffContext,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel'
import { UnavailableError } from '../errors/index.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakersOptions<Result> {
  /** True for a result that says that what was asked did not work; refusals of what works are none. */
  readonly isFailure: (result: Result) => boolean
  /**
   * What a result is about, such as one post: the same thing that fails again and again counts once, since it is the thing
   * that does not work. Without it every failure counts.
   */
  readonly subjectOf?: (result: Result) => string | undefined
  /** @param probeAt when an open one lets its next probe through */
  readonly onChange?: (key: string, state: BreakerState, probeAt: Date | null) => void
  /** Failures in a row that open one; 10 unless said otherwise. */
  readonly threshold?: number
  /** From opening to the first probe, in milliseconds, doubled with each that fails, with jitter: 2 s to 60 s. */
  readonly probeAfterMs?: { readonly first: number; readonly most: number }
}

/** Breakers by key, such as one for a platform and one for each of its accounts. */
export interface Breakers<Result> {
  /** Why work on these would not be tried now, and until when; undefined when it would be. */
  trouble(keys: readonly string[]): { readonly reason: string; readonly until: Date } | undefined
  /**
   * Work that all of these allow; what it comes to counts for all. An open one lets a single probe through now and then.
   * @throws UnavailableError when one of them is open; then nothing was tried
   */
  execute<T extends Result>(keys: readonly string[], work: () => Promise<T>): Promise<T>
}

const THRESHOLD = 10
const PROBE_AFTER_MS = { first: 2_000, most: 60_000 }
/** Closed breakers beyond this many are forgotten, the least recently used first. */
const MOST_KEPT = 10_000

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}

interface Kept {
  readonly breaker: CircuitBreakerPolicy
  /** When an open one lets its next probe through, in milliseconds since 1970. */
  readonly times: { probeAt: number }
}

type Backoff = IBackoffFactory<IHalfOpenAfterBackoffContext>

/** Opens when so many things have failed in a row, with none that worked between them. */
const openAt = (threshold: number, failing: Set<string | symbol>): IBreaker => ({
  state: undefined,
  success: () => failing.clear(),
  failure: () => failing.size >= threshold,
})

const forget = (kept: Map<string, Kept>): void => {
  for (const [key, { breaker }] of kept) {
    if (kept.size <= MOST_KEPT) return
    if (breaker.state === CircuitState.Closed) kept.delete(key)
  }
}

/** The same delays, each told as it begins. */
const noting = (backoff: Backoff, onDelay: (ms: number) => void): Backoff => ({
  next(context) {
    const next = backoff.next(context)
    onDelay(next.duration)
    return { duration: next.duration, next: (later) => noting(next, onDelay).next(later) }
  },
})

/**
 * Breakers that open after some failures in a row, probe by themselves, and close again with the first success. They only
 * hold work up: what is refused here has not been tried, and waits.
 */
export const createBreakers = <Result>(options: BreakersOptions<Result>): Breakers<Result> => {
  const { isFailure, subjectOf, onChange, threshold = THRESHOLD, probeAfterMs = PROBE_AFTER_MS } = options
  const kept = new Map<string, Kept>()

  const make = (key: string): Kept => {
    const times = { probeAt: 0 }
    const failing = new Set<string | symbol>()
    const backoff = new ExponentialBackoff({ initialDelay: probeAfterMs.first, maxDelay: probeAfterMs.most })
    const breaker = circuitBreaker(
      handleWhenResult((result) => {
        if (!isFailure(result as Result)) return false
        if (failing.size < threshold) failing.add(subjectOf?.(result as Result) ?? Symbol('failure'))
        return true
      }),
      {
        breaker: openAt(threshold, failing),
        halfOpenAfter: noting(backoff, (ms) => (times.probeAt = Math.ceil(Date.now() + ms))),
      },
    )
    // Told after this turn: the time of the next probe is drawn right after the change.
    breaker.onStateChange((state) =>
      queueMicrotask(() => onChange?.(key, STATES[state], times.probeAt > 0 ? new Date(times.probeAt) : null)),
    )
    return { breaker, times }
  }
  const of = (key: string): CircuitBreakerPolicy => {
    const one = kept.get(key) ?? make(key)
    kept.delete(key)
    kept.set(key, one)
    forget(kept)
    return one.breaker
  }
  const sentence = (key: string): string => `${key} failed ${threshold} times in a row; it is probed from time to time.`

  return {
    trouble: (keys) => {
      for (const key of keys) {
        const one = kept.get(key)
        if (one?.breaker.state === CircuitState.Open && one.times.probeAt > Date.now())
          return { reason: sentence(key), until: new Date(one.times.probeAt) }
      }
      return undefined
    },
    async execute(keys, work) {
      const through = keys.reduceRight<() => Promise<unknown>>((inner, key) => {
        const breaker = of(key)
        return async () => {
          try {
            return await breaker.execute(inner)
          } catch (error) {
            if (!isBrokenCircuitError(error)) throw error
            throw new UnavailableError(key, sentence(key), { cause: error })
          }
        }
      }, work)
      // What `work` answers is what comes through.
      return (await through()) as Awaited<ReturnType<typeof work>>
    },
  }
}
