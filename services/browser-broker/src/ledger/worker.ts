import { parentPort, workerData } from 'node:worker_threads'
import { ConfigError, messageOf } from '@surepost/shared/errors'
import { OPERATIONS, type OperationName } from './operations.ts'
import { type Result, type Store, type StoreOptions, openStore } from './store.ts'
import { UPKEEP, type UpkeepName } from './upkeep.ts'

/** Main thread → ledger. */
export interface Call {
  readonly n: number
  readonly name: OperationName | UpkeepName
  readonly args: readonly unknown[]
  /** The trace that asks, which what is written is told in. */
  readonly traceparent?: string
}

/** Ledger → main thread. `n` is -1 for the answer to opening the file. */
export type Reply =
  | { readonly n: number; readonly ok: unknown }
  | { readonly n: number; readonly failed: string; readonly config: boolean }

/** How many calls one commit may carry: what comes meanwhile is in the next one. */
const MOST_PER_COMMIT = 200

const port = parentPort
if (port === null) throw new Error('the ledger runs in a worker thread')
const options = workerData as StoreOptions

const reply = (message: Reply): void => port.postMessage(message)
const failure = (n: number, error: unknown): Reply => ({
  n,
  failed: messageOf(error),
  config: error instanceof ConfigError,
})

const carryOut = (store: Store, { name, args, traceparent }: Call): unknown => {
  const now = Date.now()
  if (name in OPERATIONS) return store.perform(name as OperationName, args as never, now, traceparent)
  const care = UPKEEP[name as UpkeepName] as (care: object, ...rest: unknown[]) => unknown
  return care({ store, now, policy: options.policy }, ...args)
}

/** Group commit: all that came while the disk was synced is one transaction, answered when that is on the disk. */
const serve = (store: Store): void => {
  const waiting: Call[] = []
  const drain = (): void => {
    const calls = waiting.splice(0, MOST_PER_COMMIT)
    let results: Result<unknown>[]
    try {
      results = store.commit(calls.map((call) => () => carryOut(store, call)))
    } catch (error) {
      results = calls.map(() => ({ failed: error }))
    }
    for (const [i, { n }] of calls.entries()) {
      const result = results[i]
      if (result === undefined) continue
      reply('ok' in result ? { n, ok: result.ok } : failure(n, result.failed))
    }
    if (waiting.length > 0) setImmediate(drain)
  }
  port.on('message', (call: Call | 'close') => {
    if (call === 'close') {
      while (waiting.length > 0) drain()
      store[Symbol.dispose]()
      port.close()
      return
    }
    if (waiting.push(call) === 1) setImmediate(drain)
  })
}

try {
  serve(openStore(options, Date.now()))
  reply({ n: -1, ok: true })
} catch (error) {
  reply(failure(-1, error))
}
