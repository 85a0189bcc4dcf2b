import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { messageOf } from '../errors/index.ts'
import { parseConfig } from './config.ts'
import { within } from './deadline.ts'
import { createLogger } from './logger.ts'
import { describeProcess, registry as processRegistry } from './metrics.ts'
import { type OpsServer, type ReadyCheck, startOps } from './ops.ts'
import { startTelemetry } from '../telemetry/start.ts'
import type { Scope } from './types.ts'
import { serviceVariables } from './variables.ts'

export interface ServiceOptions {
  /** Variables to read instead of the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where metrics go instead of the process's registry. */
  readonly registry?: Registry
  /** A logger to use instead of JSON on stdout. */
  readonly log?: Logger
}

/**
 * new → starting → running → stopping → stopped. A start that fails passes through `stopping` as well: what it had
 * taken into use is released.
 */
export type ServiceState = 'new' | 'starting' | 'running' | 'stopping' | 'stopped'

/** What a service does to start: take things into use. It returns when the service works. */
export type Start = (scope: Scope) => Promise<void>

/** What readiness says of each state; null: nothing stands in its way. */
const UNREADY: Record<ServiceState, string | null> = {
  new: 'has not been started.',
  starting: 'is starting.',
  running: null,
  stopping: 'is shutting down.',
  stopped: 'has stopped.',
}

/** One service's life without the process around it: `runService` adds signals and exit codes. */
export class Service {
  readonly log: Logger
  readonly #name: string
  readonly #start: Start
  readonly #config: ReturnType<typeof parseConfig<typeof serviceVariables>>
  readonly #registry: Registry
  readonly #env: NonNullable<ServiceOptions['env']>
  readonly #stopping = new AbortController()
  readonly #resources: AsyncDisposable[] = []
  readonly #checks: ReadyCheck[] = []
  #state: ServiceState = 'new'
  #ops: OpsServer | undefined
  #telemetry: AsyncDisposable | undefined
  #booting: Promise<void> | undefined
  #started: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor(name: string, start: Start, options: ServiceOptions) {
    this.#name = name
    this.#start = start
    this.#config = parseConfig(serviceVariables, options.env)
    this.log = options.log ?? createLogger(name, this.#config.LOG_LEVEL)
    this.#registry = options.registry ?? processRegistry
    this.#env = options.env ?? process.env
  }

  get state(): ServiceState {
    return this.#state
  }

  /** Port of the ops server, while there is one. */
  get opsPort(): number | undefined {
    return this.#ops?.port
  }

  /** Run `start` once; a second call answers with the same promise. @throws what `start` threw, after unwinding */
  start(): Promise<void> {
    if (this.#started !== undefined) return this.#started
    if (this.#state !== 'new') return Promise.reject(new Error(`${this.#name} was stopped before it started`))
    this.#state = 'starting'
    this.#booting = this.#boot()
    this.#started = this.#booting.catch(async (error: unknown) => {
      await this.stop().catch((late: unknown) => this.log.error(messageOf(late)))
      throw error
    })
    return this.#started
  }

  /**
   * Abort the scope's signal and release everything in reverse. A second call answers with the same promise.
   * @throws Error with a sentence when it is not done within the grace period (`SHUTDOWN_GRACE_MS`)
   */
  stop(): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped
    this.#state = 'stopping'
    const grace = this.#config.SHUTDOWN_GRACE_MS
    const late = (): Error =>
      new Error(
        `${this.#name} did not stop within ${grace} ms (SHUTDOWN_GRACE_MS): what it holds is left to the system to release.`,
      )
    this.#stopped = within(this.#unwind(), grace, late)
    return this.#stopped
  }

  async #boot(): Promise<void> {
    const { OPS_HOST: host, OPS_PORT: port } = this.#config
    describeProcess(this.#name, this.#registry)
    this.#telemetry = await startTelemetry(this.#name, this.#env, this.log)
    this.#ops = await startOps({ host, port }, () => [() => this.#life(), ...this.#checks], this.#registry)
    if (this.#state !== 'starting') return
    this.log.info({ opsPort: this.#ops.port }, 'starting')
    await this.#start(this.#scope())
    this.#goLive()
  }

  #goLive(): void {
    if (this.#state !== 'starting') return
    this.#state = 'running'
    this.log.info('started')
  }

  #scope(): Scope {
    return {
      name: this.#name,
      log: this.log,
      signal: this.#stopping.signal,
      use: (resource) => {
        this.#resources.push(resource)
        return resource
      },
      readyWhen: (check) => void this.#checks.push(check),
    }
  }

  #life(): readonly string[] {
    const unready = UNREADY[this.#state]
    return unready === null ? [] : [`${this.#name} ${unready}`]
  }

  async #unwind(): Promise<void> {
    this.#stopping.abort(new Error(`${this.#name} is shutting down`))
    // A start in progress may still take things into use: they are released after it has ended.
    await this.#booting?.catch(() => {})
    for (let next = this.#resources.pop(); next !== undefined; next = this.#resources.pop()) await this.#release(next)
    // Last: what the others did while they stopped is told as well.
    await this.#telemetry?.[Symbol.asyncDispose]()
    await this.#ops?.[Symbol.asyncDispose]()
    this.#state = 'stopped'
  }

  async #release(resource: AsyncDisposable): Promise<void> {
    try {
      await resource[Symbol.asyncDispose]()
    } catch (error) {
      this.log.error({ err: error }, 'something could not be released; going on with the rest')
    }
  }
}

/**
 * Make a service that is not started yet.
 * @throws ConfigError when OPS_HOST, OPS_PORT, LOG_LEVEL or SHUTDOWN_GRACE_MS cannot be used
 */
export const createService = (name: string, start: Start, options: ServiceOptions = {}): Service =>
  new Service(name, start, options)
