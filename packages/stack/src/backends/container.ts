import { setTimeout as sleep } from 'node:timers/promises'
import type { StartedTestContainer, TestContainer } from 'testcontainers'
import { StackError } from '../errors.ts'
import type { RunResult } from '../system/run.ts'
import { messageOf } from '@surepost/shared/errors'

/** How one container is made and known to be ready. */
export interface ContainerRecipe {
  readonly name: string
  /** Describes the container; its ports are bound to the stack's own, so that a restart keeps them. */
  readonly describe: () => Promise<TestContainer>
  readonly ready: (signal: AbortSignal) => Promise<boolean>
  readonly readyTimeoutMs: number
}

/** One container that keeps its files over a stop and a start, until it is removed. */
export interface Container {
  readonly running: boolean
  start(signal?: AbortSignal): Promise<void>
  /** `hard` is SIGKILL. */
  stop(options?: { readonly hard?: boolean }): Promise<void>
  /** Run a command inside. */
  exec(command: readonly string[]): Promise<RunResult>
  remove(): Promise<void>
}

const GENTLE_SECONDS = 10

// testcontainers remembers that a container was stopped and would never stop it again: the runtime is asked itself.
const runtime = async () => (await import('testcontainers')).getContainerRuntimeClient()

export const container = (recipe: ContainerRecipe): Container => {
  let made: StartedTestContainer | undefined
  let running = false

  return {
    get running() {
      return running
    },
    start: async (signal) => {
      if (running) return
      try {
        if (made === undefined) made = await (await recipe.describe()).start()
        else {
          const client = await runtime()
          await client.container.start(client.container.getById(made.getId()))
        }
        running = true
        await untilReady(recipe, signal)
      } catch (cause) {
        if (cause instanceof StackError) throw cause
        throw new StackError(`The container of ${recipe.name} could not be started: ${messageOf(cause)}.`, { cause })
      }
    },
    stop: async ({ hard = false } = {}) => {
      if (made === undefined || !running) return
      const client = await runtime()
      await client.container.stop(client.container.getById(made.getId()), { timeout: hard ? 0 : GENTLE_SECONDS })
      running = false
    },
    exec: async (command) => {
      if (made === undefined || !running) return { code: null, output: `${recipe.name} does not run.` }
      const { exitCode, output } = await made.exec([...command])
      return { code: exitCode, output }
    },
    remove: async () => {
      const gone = made
      made = undefined
      running = false
      if (gone === undefined) return
      const client = await runtime()
      await client.container.remove(client.container.getById(gone.getId()), { removeVolumes: true })
    },
  }
}

const untilReady = async ({ name, ready, readyTimeoutMs }: ContainerRecipe, signal?: AbortSignal): Promise<void> => {
  const deadline = Date.now() + readyTimeoutMs
  for (;;) {
    signal?.throwIfAborted()
    if (await ready(AbortSignal.timeout(2_000)).catch(() => false)) return
    if (Date.now() > deadline)
      throw new StackError(`The container of ${name} was not ready after ${readyTimeoutMs / 1_000} s.`)
    await sleep(100)
  }
}
