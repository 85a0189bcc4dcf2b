import type { Exit, ManagedProcess } from '../process/managed.ts'
import type { Ports } from '../ports.ts'
import type { RunResult } from '../system/run.ts'
import type { Secrets } from '../secrets.ts'

/** What the services and tests depend on, in the order in which it is started. */
export const DEPENDENCY_NAMES = ['postgres', 'rabbitmq', 'postgrest', 'gateway'] as const
export type DependencyName = (typeof DEPENDENCY_NAMES)[number]

/** What every part of one stack knows of it. */
export interface StackContext {
  readonly id: string
  /** Absolute. */
  readonly dataDir: string
  readonly logDir: string
  readonly ports: Ports
  readonly secrets: Secrets
  /** Environment that marks a process as one of this stack. */
  readonly mark: Readonly<Record<string, string>>
  /** False: nothing has to outlive the machine, so Postgres does not wait for the disk. */
  readonly durable: boolean
  /** Called when a process ends that nobody stopped. */
  readonly onUnexpectedExit: (name: string, exit: Exit, logFile: string) => void
}

/** One dependency: stopping and starting it again keeps its ports and its data. */
export interface Dependency {
  readonly name: DependencyName
  readonly running: boolean
  /** Living processes, for the state file; empty for what lives in the supervisor. */
  processes(): readonly ManagedProcess[]
  /** Start it and wait until it answers; nothing happens when it runs. @throws StackError */
  start(signal?: AbortSignal): Promise<void>
  /** Stop it; `hard` is SIGKILL. Nothing happens when it is stopped. */
  stop(options?: { readonly hard?: boolean }): Promise<void>
  /** RabbitMQ only: run its own `rabbitmqctl` with these arguments. */
  control?(args: readonly string[]): Promise<RunResult>
  /** What has to be given back once the whole stack is stopped. */
  remove?(): Promise<void>
}
