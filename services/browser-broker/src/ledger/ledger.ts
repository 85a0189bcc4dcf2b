import { Worker } from 'node:worker_threads'
import { ConfigError, UnavailableError, messageOf } from '@surepost/shared/errors'
import { histogram, within } from '@surepost/shared/runtime'
import { currentContext, isTracing, traced } from '@surepost/shared/telemetry'
import type { AnswerOf, ArgumentsOf, OperationName } from './operations.ts'
import type { StoreOptions } from './store.ts'
import type { UpkeepAnswer, UpkeepArguments, UpkeepName } from './upkeep.ts'
import type { Call, Reply } from './worker.ts'

/** Longer than any stall of a healthy disk; a begin that is not answered in time is not clicked. */
const CALL_MS = 10_000
/** Starting a thread and making a new file, on a machine that does much else. */
const OPEN_MS = 60_000
const MOST_WAITING = 10_000
/** A commit takes 0.2 to 0.5 ms on an SSD. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.02, 0.1, 0.5, 2, 10]

/**
 * The action ledger, seen from the rest of the broker. Every answer is on the disk before it is given.
 * @throws UnavailableError from every call when the ledger cannot write or answer; whatever was asked then counts as
 *   possibly done, as after a crash
 */
export interface Ledger extends AsyncDisposable {
  ask<N extends OperationName>(name: N, ...args: ArgumentsOf<N>): Promise<AnswerOf<N>>
  care<N extends UpkeepName>(name: N, ...args: UpkeepArguments<N>): Promise<UpkeepAnswer<N>>
  /** Called after every operation that may have left something in the outbox. */
  onWritten(listener: () => void): void
  /** Settles (rejects) when the worker thread has died: the process must end, since nothing can be granted any more. */
  readonly died: Promise<never>
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

const unavailable = (message: string): UnavailableError => new UnavailableError('action-ledger', message)

/** Open the ledger's file in its own thread. @throws ConfigError when the file is not this shard's */
export const openLedger = async (options: StoreOptions): Promise<Ledger> => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options, execArgv: [] })
  const waiting = new Map<number, Waiting>()
  const died = new Promise<never>((_, reject) => {
    const end = (why: string): void => {
      const error = unavailable(`The action ledger's thread ended: ${why}`)
      for (const { reject: rejectCall } of waiting.values()) rejectCall(error)
      waiting.clear()
      reject(error)
    }
    worker.once('error', (error) => end(messageOf(error)))
    worker.once('exit', (code) => end(`exit code ${code}`))
  })
  died.catch(() => {})
  worker.on('message', (message: Reply) => {
    const call = waiting.get(message.n)
    waiting.delete(message.n)
    if ('ok' in message) return call?.resolve(message.ok)
    call?.reject(
      message.config
        ? new ConfigError(message.failed)
        : unavailable(`The action ledger could not do it: ${message.failed}`),
    )
  })
  const answered = (n: number): Promise<unknown> =>
    new Promise((resolve, reject) => waiting.set(n, { resolve, reject }))
  try {
    await within(Promise.race([answered(-1), died]), OPEN_MS, () =>
      unavailable('The action ledger did not open in time.'),
    )
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return ledgerOf(worker, waiting, answered, died)
}

const ledgerOf = (
  worker: Worker,
  waiting: Map<number, Waiting>,
  answered: (n: number) => Promise<unknown>,
  died: Promise<never>,
): Ledger => {
  const listeners: (() => void)[] = []
  const took = histogram('surepost_ledger_call_seconds', 'Time from a call to its durable answer.', ['operation'], {
    buckets: BUCKETS,
  })
  let last = 0
  let closed = false
  const call = async (name: Call['name'], args: readonly unknown[]): Promise<unknown> => {
    if (closed) throw unavailable('The action ledger is closed.')
    if (waiting.size >= MOST_WAITING) throw unavailable(`More than ${MOST_WAITING} calls wait for the action ledger.`)
    const n = (last += 1)
    const stop = took.startTimer({ operation: name })
    const answer = answered(n)
    const traceparent = isTracing() ? currentContext()?.traceparent : undefined
    worker.postMessage({ n, name, args, ...(traceparent === undefined ? {} : { traceparent }) } satisfies Call, [])
    try {
      return await within(Promise.race([answer, died]), CALL_MS, () =>
        unavailable(`The action ledger did not answer ${name} within ${CALL_MS} ms.`),
      )
    } finally {
      waiting.delete(n)
      stop()
    }
  }
  return {
    ask: async (name, ...args) => {
      const answer = await traced({ name: `ledger ${name}` }, () => call(name, args))
      for (const listener of listeners) listener()
      return answer as never
    },
    care: async (name, ...args) => (await call(name, args)) as never,
    onWritten: (listener) => void listeners.push(listener),
    died,
    [Symbol.asyncDispose]: async () => {
      if (closed) return
      closed = true
      const gone = new Promise((resolve) => worker.once('exit', resolve))
      worker.postMessage('close', [])
      await within(gone, CALL_MS, () => unavailable('The action ledger did not close in time.')).catch(() =>
        worker.terminate(),
      )
    },
  }
}
