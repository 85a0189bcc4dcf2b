import type { Logger } from 'pino'

/** One service's life: what it uses is released in reverse order at shutdown or when its start fails. */
export interface Scope {
  readonly name: string
  readonly log: Logger
  /** Aborted when shutdown begins. */
  readonly signal: AbortSignal
  /** Hand over something to be disposed of at the end, last first. */
  use<T extends AsyncDisposable>(resource: T): T
  /** A check for `/readyz`: empty when ready, otherwise sentences. Liveness never tests a dependency. */
  readyWhen(check: () => readonly string[] | Promise<readonly string[]>): void
}

/** Ops server of every service: `/livez`, `/readyz` (503 with the sentences), `/metrics`. */
export interface OpsConfig {
  readonly host: string
  readonly port: number
}
