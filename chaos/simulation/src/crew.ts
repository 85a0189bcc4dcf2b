import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Batch, BatchResult } from './worker.ts'

/** Worker threads that run batches of schedules, one batch at a time each. */
export interface Crew extends AsyncDisposable {
  readonly threads: number
  /** Wait for a thread that is free, and for the batch. @throws what a schedule threw: a fault of the simulation itself */
  run(batch: Batch): Promise<BatchResult>
}

interface Thread {
  readonly worker: Worker
  settle: PromiseWithResolvers<BatchResult> | undefined
}

/** @param threads one for each core when left out */
export const openCrew = (threads = availableParallelism()): Crew => {
  const idle: Thread[] = []
  const waiting: ((thread: Thread) => void)[] = []
  const free = (thread: Thread): void => {
    const next = waiting.shift()
    if (next === undefined) idle.push(thread)
    else next(thread)
  }
  const all = Array.from({ length: threads }, (): Thread => {
    const thread: Thread = {
      worker: new Worker(new URL('./worker.ts', import.meta.url), { execArgv: [] }),
      settle: undefined,
    }
    thread.worker.on('message', (result: BatchResult) => {
      thread.settle?.resolve(result)
      thread.settle = undefined
      free(thread)
    })
    // A thread that threw is gone, and whoever waits for its batch hears why.
    thread.worker.on('error', (error) => thread.settle?.reject(error))
    thread.worker.on('exit', () => thread.settle?.reject(new Error('a thread of the simulation was ended')))
    return thread
  })
  for (const thread of all) free(thread)
  return {
    threads,
    async run(batch) {
      const thread = idle.pop() ?? (await new Promise<Thread>((resolve) => waiting.push(resolve)))
      thread.settle = Promise.withResolvers()
      thread.worker.postMessage(batch, [])
      return thread.settle.promise
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(({ worker }) => worker.terminate()))
    },
  }
}
