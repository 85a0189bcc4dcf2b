import type { StackContext } from '../dependencies/dependency.ts'
import { postgresUrl, withDatabase } from '../dependencies/postgres.ts'
import { prepareDatabase } from '../dependencies/supabase-roles.ts'
import { migrate } from '../migrations.ts'

const TEMPLATE = 'surepost_template'

// From a database that nobody is connected to and that is never dropped.
const run = (context: StackContext, statement: string): Promise<unknown> =>
  withDatabase(context, 'template1', (client) => client.query(statement))

/** Make migrated databases: the migrations run once, into a template that is copied. */
export const cloner = (context: StackContext): ((database: string) => Promise<void>) => {
  let template: Promise<void> | undefined
  // Postgres refuses to copy a template that another session is copying.
  let copying: Promise<unknown> = Promise.resolve()
  return async (database) => {
    template ??= makeTemplate(context).catch((error: unknown) => {
      template = undefined
      throw error
    })
    await template
    const turn = copying.then(() => run(context, `create database ${database} template ${TEMPLATE} strategy file_copy`))
    copying = turn.catch(() => undefined)
    await turn
  }
}

const makeTemplate = async (context: StackContext): Promise<void> => {
  await run(context, `drop database if exists ${TEMPLATE}`)
  await run(context, `create database ${TEMPLATE}`)
  await prepareDatabase(context, TEMPLATE)
  await migrate(postgresUrl(context, TEMPLATE), context.mark)
}

/** Drop a database whoever is connected to it. */
export const dropDatabase = async (context: StackContext, database: string): Promise<void> => {
  await run(context, `drop database if exists ${database} with (force)`)
}
