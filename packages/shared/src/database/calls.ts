import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel'
import type { Logger } from 'pino'
import { UnavailableError } from '../errors/index.ts'
import { backoffMs, linkedSignal, pause } from '../runtime/deadline.ts'
import type { Query, RawClient } from './client.ts'
import { DatabaseSlowError, isOutage, mayDoLater } from './errors.ts'
import { traced } from '../telemetry/spans.ts'
import type { BreakerState, DatabaseMetrics } from './metrics.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** The longest the whole call may take, retries included; 15 s by default. */
  readonly deadlineMs?: number
}

export interface Calls {
  /** Send a query; again while what failed is passing and time is left. `query` builds it anew for each try. */
  make<T>(label: string, query: () => Query<T>, options: CallOptions): Promise<T>
  readonly breaker: BreakerState
}

export interface CallsOptions {
  readonly client: RawClient
  readonly metrics: DatabaseMetrics
  readonly log: Logger
  /** The longest one try may take. */
  readonly timeoutMs: number
  readonly onBreaker?: ((state: BreakerState, probeAt: Date | null) => void) | undefined
  /** Ends every call. */
  readonly closing: AbortSignal
}

const CALL_MS = 15_000
/** Outages in a row that open the breaker. */
const THRESHOLD = 10
const FIRST_WAIT_MS = 100
/** However long it was away: its return is seen within about a second, and one try a second costs it nothing. */
const LONGEST_WAIT_MS = 1_000

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}

const createBreaker = ({ log, metrics, onBreaker }: CallsOptions): CircuitBreakerPolicy => {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(THRESHOLD),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 250, maxDelay: LONGEST_WAIT_MS }),
  })
  breaker.onStateChange((state) => {
    metrics.breaker(STATES[state])
    if (onBreaker === undefined) log.warn({ breaker: STATES[state] }, 'the breaker of the database changed')
    else onBreaker(STATES[state], null)
  })
  return breaker
}

/** Between two probes of our own; those that the breaker does not let through yet ask nobody. */
const PROBE_EVERY_MS = 500

/** Ask while the breaker is not closed: who has no work for the database would leave it open for ever, long after its return. */
const probeWhileOpen = (breaker: CircuitBreakerPolicy, ask: () => Promise<unknown>, closing: AbortSignal): void => {
  let isProbing = false
  const probe = async (): Promise<void> => {
    if (isProbing) return
    isProbing = true
    while (breaker.state !== CircuitState.Closed && (await pause(PROBE_EVERY_MS, closing))) await ask().catch(() => {})
    isProbing = false
  }
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) void probe()
  })
}

/** The retry layer: one, here. */
export const createCalls = (options: CallsOptions): Calls => {
  const { metrics, closing } = options
  const breaker = createBreaker(options)
  const tryOnce = createTry(options, breaker)
  const { client } = options
  const ask = (): Promise<unknown> =>
    tryOnce('schema_version', () => client.call('schema_version', {}), closing, CALL_MS)
  probeWhileOpen(breaker, ask, closing)
  return {
    get breaker() {
      return STATES[breaker.state]
    },
    async make(label, query, { signal, deadlineMs = CALL_MS }) {
      const end = performance.now() + deadlineMs
      using ends = linkedSignal(closing, ...(signal === undefined ? [] : [signal]))
      const stop = ends.signal
      const finish = metrics.start(label)
      for (let n = 1; ; n += 1) {
        try {
          const left = end - performance.now()
          const span = {
            name: `postgrest ${label}`,
            kind: 'client',
            attributes: { 'db.system.name': 'postgresql', try: n },
          } as const
          const data = await traced(span, () => tryOnce(label, query, stop, left))
          finish('ok')
          return data
        } catch (error) {
          const wait = backoffMs(n, FIRST_WAIT_MS, LONGEST_WAIT_MS)
          const worthwhile = mayDoLater(error) && STATES[breaker.state] !== 'open' && performance.now() + wait < end
          if (worthwhile && !stop.aborted && (await pause(wait, stop))) continue
          finish(outcomeOf(error, stop))
          stop.throwIfAborted()
          throw error
        }
      }
    },
  }
}

const outcomeOf = (error: unknown, stop: AbortSignal): string => {
  if (stop.aborted) return 'stopped'
  return error instanceof Error ? error.name : 'Error'
}

/** One try, through the breaker, no longer than `timeoutMs` and what is left of the call. */
const createTry =
  ({ client, timeoutMs }: CallsOptions, breaker: CircuitBreakerPolicy) =>
  async <T>(label: string, query: () => Query<T>, stop: AbortSignal, leftMs: number): Promise<T> => {
    const ms = Math.ceil(Math.max(1, Math.min(timeoutMs, leftMs)))
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), ms)
    using ends = linkedSignal(stop, late.signal)
    try {
      return await breaker.execute(async () => {
        try {
          return await client.send(label, query, ends.signal)
        } catch (error) {
          if (!late.signal.aborted || stop.aborted) throw error
          throw new DatabaseSlowError(`The database did not answer ${label} within ${ms} ms.`)
        }
      })
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error
      throw new UnavailableError(
        'database',
        `The database was not asked for ${label}: it failed ${THRESHOLD} times in a row.`,
      )
    } finally {
      clearTimeout(timer)
    }
  }
