import { startProcess, type Exit, type ManagedProcess, type ProcessSpec } from '../process/managed.ts'
import { waitReady } from '../process/wait.ts'
import type { StackContext } from './dependency.ts'

/** One process that is started until it is ready, watched while it runs and stopped on request. */
export interface Supervised {
  readonly process: ManagedProcess | undefined
  start(signal?: AbortSignal): Promise<ManagedProcess>
  stop(options?: { readonly hard?: boolean }): Promise<void>
}

interface Recipe {
  readonly spec: (signal?: AbortSignal) => ProcessSpec | Promise<ProcessSpec>
  readonly ready: (signal: AbortSignal) => Promise<boolean>
  readonly readyTimeoutMs: number
}

export const supervise = (context: StackContext, recipe: Recipe): Supervised => {
  let current: ManagedProcess | undefined
  let stopping = false

  const watch = (child: ManagedProcess, logFile: string): void => {
    const report = (exit: Exit): void => {
      if (current === child) current = undefined
      if (!stopping) context.onUnexpectedExit(child.name, exit, logFile)
    }
    void child.exited.then(report)
  }

  return {
    get process() {
      return current?.running ? current : undefined
    },
    start: async (signal) => {
      if (current?.running) return current
      stopping = false
      const spec = await recipe.spec(signal)
      const child = await startProcess(spec, context.mark)
      current = child
      try {
        await waitReady(child, recipe.ready, {
          timeoutMs: recipe.readyTimeoutMs,
          logFile: spec.logFile,
          ...(signal ? { signal } : {}),
        })
      } catch (error) {
        stopping = true
        await child.stop({ hard: true })
        throw error
      }
      watch(child, spec.logFile)
      return child
    },
    stop: async (options) => {
      stopping = true
      await current?.stop(options)
    },
  }
}
