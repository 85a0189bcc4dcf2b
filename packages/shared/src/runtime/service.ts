import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { messageOf } from '../errors/index.ts'
import { parseConfig, serviceVariables } from './config.ts'
import { within } from './deadline.ts'
import { createLogger } from './logger.ts'
import { describeProcess, registry as processRegistry } from './metrics.ts'
import { type OpsServer, type ReadyCheck, startOps } from './ops.ts'
import type { Scope } from './types.ts'

export interface ServiceOptions {
  /** Variables to read instead of the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly registry?: Registry
  /** A logger to use instead of JSON on stdout. */
  readonly log?: Logger
}

/**
 * new → starting → running → stopping → stopped. A start that fails passes through `stopping` as well: what it had
 * taken into use is released.
 */
export type ServiceState = 'new' | 'starting' | 'running' | 'stopping' | 'stopped'

export interface Service {
  readonly state: ServiceState
  readonly log: Logger
  /** Port of the ops server, while there is one. */
  readonly opsPort: number | undefined
  /** Run `start` once; a second call answers with the same promise. @throws what `start` threw, after unwinding */
  start(): Promise<void>
  /**
   * Abort the scope and release everything in reverse. A second call answers with the same promise.
   * @throws Error with a sentence when it is not done within the grace period (`SHUTDOWN_GRACE_MS`)
   */
  stop(): Promise<void>
}

export type Start = (scope: Scope) => Promise<void>

/**
 * One service's life without the process around it: `runService` adds signals and exit codes.
 * @throws ConfigError when OPS_HOST, OPS_PORT, LOG_LEVEL or SHUTDOWN_GRACE_MS cannot be used
 */
export const createService = (name: string, start: Start, options: ServiceOptions = {}): Service => {
  const config = parseConfig(serviceVariables, options.env)
  const log = options.log ?? createLogger(name, config.LOG_LEVEL)
  const registry = options.registry ?? processRegistry
  const stopping = new AbortController()
  const resources: AsyncDisposable[] = []
  const checks: ReadyCheck[] = []
  let state: ServiceState = 'new'
  let ops: OpsServer | undefined
  let booting: Promise<void> | undefined
  let started: Promise<void> | undefined
  let stopped: Promise<void> | undefined

  const scope: Scope = {
    name,
    log,
    signal: stopping.signal,
    use: (resource) => {
      resources.push(resource)
      return resource
    },
    readyWhen: (check) => void checks.push(check),
  }
  const lifeCheck: ReadyCheck = () => (state === 'running' ? [] : [LIFE[state](name)])

  const boot = async (): Promise<void> => {
    describeProcess(name, registry)
    ops = await startOps({ host: config.OPS_HOST, port: config.OPS_PORT }, () => [lifeCheck, ...checks], registry)
    log.info({ opsPort: ops.port }, 'starting')
    await start(scope)
    if (state === 'starting') {
      state = 'running'
      log.info('started')
    }
  }

  const unwind = async (): Promise<void> => {
    stopping.abort(new Error(`${name} is shutting down`))
    // A start in progress may still take things into use: they are released after it has ended.
    await booting?.catch(() => {})
    for (let resource = resources.pop(); resource !== undefined; resource = resources.pop()) await release(resource, log)
    await ops?.[Symbol.asyncDispose]()
    state = 'stopped'
  }

  const stop = (): Promise<void> => {
    if (stopped !== undefined) return stopped
    state = 'stopping'
    const late = (): Error =>
      new Error(
        `${name} did not stop within ${config.SHUTDOWN_GRACE_MS} ms (SHUTDOWN_GRACE_MS): ${resources.length + 1} of the things it uses were not released.`,
      )
    stopped = within(unwind(), config.SHUTDOWN_GRACE_MS, late)
    return stopped
  }

  return {
    get state() {
      return state
    },
    log,
    get opsPort() {
      return ops?.port
    },
    start: () => {
      if (started !== undefined) return started
      if (state !== 'new') return Promise.reject(new Error(`${name} was stopped before it started`))
      state = 'starting'
      booting = boot()
      started = booting.catch(async (error: unknown) => {
        await stop().catch((late: unknown) => log.error(messageOf(late)))
        throw error
      })
      return started
    },
    stop,
  }
}

const LIFE: Record<ServiceState, (name: string) => string> = {
  new: (name) => `${name} has not been started.`,
  starting: (name) => `${name} is starting.`,
  running: () => '',
  stopping: (name) => `${name} is shutting down.`,
  stopped: (name) => `${name} has stopped.`,
}

const release = async (resource: AsyncDisposable, log: Logger): Promise<void> => {
  try {
    await resource[Symbol.asyncDispose]()
  } catch (error) {
    log.error({ err: error }, 'something could not be released; going on with the rest')
  }
}
