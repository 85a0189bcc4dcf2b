import {
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { ContractError, UnavailableError, messageOf } from '../errors/index.ts'
import { backoffMs, pause } from '../runtime/deadline.ts'
import { createRawClient, type Query, type RawClient, type ReadClient } from './client.ts'
import { isOutage, mayDoLater } from './errors.ts'
import { healthOf } from './health.ts'
import { type BreakerState, databaseMetrics } from './metrics.ts'
import { type AnswerOf, type ArgsOf, PROCEDURES, type ProcedureName } from './procedures.ts'

export interface DatabaseOptions {
  /** Base of the Supabase API; REST is under /rest/v1. */
  readonly url: string
  /** The service role key. Never logged. */
  readonly key: string
  readonly log: Logger
  /** The longest one try may take. */
  readonly timeoutMs?: number
  /** Where its metrics go instead of the process's registry. */
  readonly registry?: Registry
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** The longest the whole call may take, retries included. */
  readonly deadlineMs?: number
}

/**
 * The way to the database. Every call has a deadline, is tried again while what failed is passing and time is left, and
 * fails at once while the breaker is open.
 *
 * All calls throw: DataRefusedError (the data is bad), TransientError (transactions kept meeting), UnavailableError
 * (away; DatabaseWrongError: up, but not as it must be), LockLostError, PermanentError (the question is wrong),
 * ContractError (the answer has not the promised shape), or the reason of the caller's signal.
 */
export interface Database extends AsyncDisposable {
  /** Call a function of the database by its name. */
  rpc<Name extends ProcedureName>(name: Name, args: ArgsOf<Name>, options?: CallOptions): Promise<AnswerOf<Name>>
  /** Read rows. `query` builds the query anew for each try; `label` names it in errors and metrics. */
  read<T>(label: string, query: (client: ReadClient) => Query<T>, options?: CallOptions): Promise<T>
  /** Empty while the database can be used and has every migration; otherwise a sentence per trouble. Asks once, now. */
  health(): Promise<readonly string[]>
  readonly breaker: BreakerState
}

const TRY_MS = 10_000
const CALL_MS = 15_000
/** Failures in a row that open the breaker (FAILURES: a threshold of 10, per dependency). */
const THRESHOLD = 10

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}

const createBreaker = (log: Logger, report: (state: BreakerState) => void) => {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(THRESHOLD),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 250, maxDelay: 15_000 }),
  })
  breaker.onStateChange((state) => {
    report(STATES[state])
    log.warn({ breaker: STATES[state] }, 'the breaker of the database changed')
  })
  return breaker
}

/** Connect to the database: nothing is sent yet. */
export const connectDatabase = (options: DatabaseOptions): Database => {
  const { url, key, log, timeoutMs = TRY_MS } = options
  const client: RawClient = createRawClient(url, key)
  const metrics = databaseMetrics(options.registry)
  const breaker = createBreaker(log, metrics.breaker)
  const closing = new AbortController()

  /** One try, through the breaker. */
  const once = async <T>(label: string, query: () => Query<T>, stop: AbortSignal, leftMs: number): Promise<T> => {
    const ms = Math.max(1, Math.min(timeoutMs, leftMs))
    const late = AbortSignal.timeout(ms)
    try {
      return await breaker.execute(async () => {
        try {
          return await client.send(label, query, AbortSignal.any([stop, late]))
        } catch (error) {
          if (!late.aborted || stop.aborted) throw error
          throw new UnavailableError('database', `The database did not answer ${label} within ${Math.round(ms)} ms.`)
        }
      })
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error
      throw new UnavailableError(
        'database',
        `The database was not asked for ${label}: it failed ${THRESHOLD} times in a row.`,
      )
    }
  }

  const call = async <T>(label: string, query: () => Query<T>, options: CallOptions): Promise<T> => {
    const { signal, deadlineMs = CALL_MS } = options
    const end = performance.now() + deadlineMs
    const stop = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal])
    const finish = metrics.start(label)
    for (let n = 1; ; n += 1) {
      try {
        const data = await once(label, query, stop, end - performance.now())
        finish('ok')
        return data
      } catch (error) {
        const wait = backoffMs(n, 100, 5_000)
        const worthwhile = mayDoLater(error) && STATES[breaker.state] !== 'open' && performance.now() + wait < end
        if (worthwhile && !stop.aborted && (await pause(wait, stop))) continue
        finish(stop.aborted ? 'stopped' : error instanceof Error ? error.name : 'Error')
        stop.throwIfAborted()
        throw error
      }
    }
  }

  return {
    async rpc(name, args, options = {}) {
      const { answer } = PROCEDURES[name]
      const data = await call(name, () => client.call(name, args), options)
      const parsed = answer.safeParse(data)
      if (parsed.success) return parsed.data as AnswerOf<typeof name>
      throw new ContractError(`The answer of ${name} is not what it must be: ${messageOf(parsed.error)}`)
    },
    read: (label, query, options = {}) => call(label, () => query(client.reads), options),
    health: () => healthOf(client, url),
    get breaker() {
      return STATES[breaker.state]
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new UnavailableError('database', 'The database connection was closed.'))
    },
  }
}
