import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { ContractError, UnavailableError, messageOf } from '../errors/index.ts'
import { type CallOptions, createCalls } from './calls.ts'
import { type Query, type ReadClient, createRawClient } from './client.ts'
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
  /** Told of every change of its breaker. */
  readonly onBreaker?: (state: BreakerState, probeAt: Date | null) => void
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
  /** How the database is not as it must be (role, migrations, row level security); empty also while it is away. Asks once. */
  misfit(): Promise<readonly string[]>
  readonly breaker: BreakerState
}

const TRY_MS = 10_000

/** Connect to the database: nothing is sent yet. */
export const connectDatabase = ({
  url,
  key,
  log,
  timeoutMs = TRY_MS,
  registry,
  onBreaker,
}: DatabaseOptions): Database => {
  const client = createRawClient(url, key)
  const closing = new AbortController()
  const calls = createCalls({
    client,
    metrics: databaseMetrics(registry),
    log,
    timeoutMs,
    onBreaker,
    closing: closing.signal,
  })
  return {
    async rpc(name, args, options = {}) {
      const data = await calls.make(name, () => client.call(name, args), options)
      const parsed = PROCEDURES[name].answer.safeParse(data)
      if (parsed.success) return parsed.data as AnswerOf<typeof name>
      throw new ContractError(`The answer of ${name} is not what it must be: ${messageOf(parsed.error)}`)
    },
    read: (label, query, options = {}) => calls.make(label, () => query(client.reads), options),
    health: async () => (await healthOf(client, url)).sentences,
    async misfit() {
      const health = await healthOf(client, url)
      return health.away ? [] : health.sentences
    },
    get breaker() {
      return calls.breaker
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new UnavailableError('database', 'The connection to the database was closed.'))
    },
  }
}
