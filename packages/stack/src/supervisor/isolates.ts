import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { StackContext } from '../dependencies/dependency.ts'
import { openGateway } from '../dependencies/gateway.ts'
import { postgresUrl, withDatabase } from '../dependencies/postgres.ts'
import { postgrestProcess } from '../dependencies/postgrest.ts'
import { prepareDatabase } from '../dependencies/supabase-roles.ts'
import { createVhost, deleteVhost, management } from '../broker-definitions.ts'
import { endpointsOf, type Endpoints } from '../endpoints.ts'
import { migrate } from '../migrations.ts'
import { ephemeralPort } from '../ports.ts'

const TEMPLATE = 'surepost_template'

/** A virtual host and a database of their own, for one test file. */
export interface Isolate {
  readonly id: string
  readonly endpoints: Endpoints
}

/** Isolates of one stack; all of them end with it. */
export interface Isolates {
  create(): Promise<Isolate>
  /** What clients had left open: a sentence each, empty when all was closed. */
  dispose(id: string): Promise<readonly string[]>
  disposeAll(): Promise<void>
}

export const isolates = (context: StackContext): Isolates => {
  const open = new Map<string, () => Promise<readonly string[]>>()
  let template: Promise<void> | undefined
  // Postgres refuses to copy a template that another session is copying from or connected to.
  let copying: Promise<unknown> = Promise.resolve()

  const clone = async (database: string): Promise<void> => {
    template ??= makeTemplate(context).catch((error: unknown) => {
      template = undefined
      throw error
    })
    await template
    const turn = copying.then(() => run(context, `create database ${database} template ${TEMPLATE} strategy file_copy`))
    copying = turn.catch(() => undefined)
    await turn
  }

  const create = async (): Promise<Isolate> => {
    const id = `t_${randomBytes(5).toString('hex')}`
    await Promise.all([clone(id), createVhost(context, id)])
    const [port, adminPort] = await Promise.all([ephemeralPort(), ephemeralPort()])
    const rest = postgrestProcess(context, { name: `postgrest-${id}`, database: id, port, adminPort, pool: 10 })
    await rest.start()
    const front = await openGateway(0, port)
    open.set(id, async () => {
      await front.close({ hard: true })
      await rest.stop({ hard: true })
      const left = [...(await openInPostgres(context, id)), ...(await openInRabbitmq(context, id))]
      await Promise.all([run(context, `drop database if exists ${id} with (force)`), deleteVhost(context, id)])
      return left
    })
    return { id, endpoints: endpointsOf(context, { database: id, vhost: id, gatewayPort: front.port }) }
  }

  const dispose = async (id: string): Promise<readonly string[]> => {
    const end = open.get(id)
    open.delete(id)
    return (await end?.()) ?? []
  }

  return {
    create,
    dispose,
    disposeAll: async () => {
      await Promise.allSettled([...open.keys()].map(dispose))
    },
  }
}

const run = (context: StackContext, statement: string): Promise<unknown> =>
  withDatabase(context, 'template1', (client) => client.query(statement))

const makeTemplate = async (context: StackContext): Promise<void> => {
  await run(context, `drop database if exists ${TEMPLATE}`)
  await run(context, `create database ${TEMPLATE}`)
  await prepareDatabase(context, TEMPLATE)
  await migrate(postgresUrl(context, TEMPLATE), context.mark)
}

const openInRabbitmq = async (context: StackContext, vhost: string): Promise<readonly string[]> => {
  const connections = (await management(context, 'GET', `vhosts/${vhost}/connections`)) as readonly { readonly name: string }[]
  return connections.map(({ name }) => `a RabbitMQ connection (${name})`)
}

const openInPostgres = async (context: StackContext, database: string): Promise<readonly string[]> =>
  withDatabase(context, 'template1', async (client: pg.Client) => {
    const { rows } = await client.query<{ application_name: string; query: string }>(
      `select application_name, left(query, 80) as query from pg_stat_activity where datname = $1 and backend_type = 'client backend' and application_name not like 'PostgREST%'`,
      [database],
    )
    return rows.map((row) => `a Postgres connection (${row.application_name || 'unnamed'}), last query: ${row.query}`)
  })
