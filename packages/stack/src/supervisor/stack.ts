import type { Backend } from '../backends/backend.ts'
import {
  DEPENDENCY_NAMES,
  type Dependency,
  type DependencyName,
  type StackContext,
} from '../dependencies/dependency.ts'
import { POSTGRES_DATABASE, postgresUrl } from '../dependencies/postgres.ts'
import { RABBITMQ_VHOST } from '../dependencies/rabbitmq-access.ts'
import { prepareDatabase } from '../dependencies/supabase-roles.ts'
import { applyDefinitions } from '../broker-definitions.ts'
import { migrate } from '../migrations.ts'
import type { ManagedProcess } from '../process/managed.ts'

/** The dependencies of one stack, started and stopped together or one by one. */
export interface Dependencies {
  start(progress: (text: string) => void, signal: AbortSignal): Promise<void>
  stop(options: { readonly hard: boolean }): Promise<void>
  get(name: DependencyName): Dependency
  processes(): readonly ManagedProcess[]
}

const isName = (name: string): name is DependencyName => (DEPENDENCY_NAMES as readonly string[]).includes(name)

/** A dependency's name, or undefined. */
export const dependencyName = (name: string): DependencyName | undefined => (isName(name) ? name : undefined)

export const dependencies = (context: StackContext, backend: Backend): Dependencies => {
  const all = backend.dependencies(context)

  const startDatabase = async (progress: (text: string) => void, signal: AbortSignal): Promise<void> => {
    await all.postgres.start(signal)
    progress('Postgres is up')
    await prepareDatabase(context, POSTGRES_DATABASE)
    await migrate(postgresUrl(context), context.mark, signal)
    progress('migrations are applied')
    await Promise.all([all.postgrest.start(signal), all.gateway.start(signal)])
    progress('PostgREST and the gateway are up')
  }

  const startBroker = async (progress: (text: string) => void, signal: AbortSignal): Promise<void> => {
    await all.rabbitmq.start(signal)
    signal.throwIfAborted()
    await applyDefinitions(context, RABBITMQ_VHOST)
    progress('RabbitMQ is up')
  }

  return {
    start: async (progress, signal) => {
      // Both are awaited to their end, so that a failure of one leaves nothing half started behind its back.
      const failed = new AbortController()
      const both = AbortSignal.any([signal, failed.signal])
      const ends = await Promise.allSettled(
        [startDatabase(progress, both), startBroker(progress, both)].map((part) =>
          part.catch((error: unknown) => {
            failed.abort(error)
            throw error
          }),
        ),
      )
      for (const end of ends) if (end.status === 'rejected') throw failed.signal.reason
    },
    stop: async (options) => {
      await all.gateway.stop(options)
      await all.postgrest.stop(options)
      // Postgres gently in any case: it is quick, and gives back the kernel's memory.
      await Promise.all([all.rabbitmq.stop(options), all.postgres.stop()])
      for (const name of DEPENDENCY_NAMES) await all[name].remove?.()
      await backend.remove?.()
    },
    get: (name) => all[name],
    processes: () => DEPENDENCY_NAMES.flatMap((name) => all[name].processes()),
  }
}
