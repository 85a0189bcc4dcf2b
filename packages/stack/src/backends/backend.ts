import type { Dependency, DependencyName, StackContext } from '../dependencies/dependency.ts'

/** One PostgREST: in front of which database, on which ports of loopback. */
export interface PostgrestTarget {
  readonly name: string
  readonly database: string
  readonly port: number
  /** Where it says whether it is ready. */
  readonly adminPort: number
  /** Connections to Postgres. */
  readonly pool: number
}

/** One PostgREST that can be started and stopped. */
export interface RestServer {
  start(signal?: AbortSignal): Promise<unknown>
  stop(options?: { readonly hard?: boolean }): Promise<void>
}

/** Where the dependencies of a stack come from. */
export interface Backend {
  dependencies(context: StackContext): Readonly<Record<DependencyName, Dependency>>
  /** One more PostgREST, for an isolate. */
  postgrest(context: StackContext, target: PostgrestTarget): RestServer
  /** What has to be given back once everything is stopped. */
  remove?(): Promise<void>
}
