import { z } from 'zod'
import { messageOf } from '../errors/index.ts'
import type { RawClient } from './client.ts'
import { DatabaseWrongError } from './errors.ts'
import { MIGRATIONS, missingMigrations } from './migrations.ts'

/** Probes of readiness wait 2 s. */
const ASK_MS = 1_800

/** `away`: it could not be asked; otherwise the sentences say how it is not as it must be. */
export interface Health {
  readonly away: boolean
  readonly sentences: readonly string[]
}

const wrongly = (...sentences: readonly string[]): Health => ({ away: false, sentences })
const away = (sentence: string): Health => ({ away: true, sentences: [sentence] })

/** Ask the database once, past the breaker, whether it can be used and is of our schema. Empty: all is well. */
export const healthOf = async (client: RawClient, url: string): Promise<Health> => {
  const signal = AbortSignal.timeout(ASK_MS)
  try {
    const answer = await client.send('schema_version', () => client.call('schema_version', {}), signal)
    const missing = sentencesOf(z.array(z.string()).parse(answer))
    if (missing.length > 0) return wrongly(...missing)
    const access = await client.send('access_troubles', () => client.call('access_troubles', {}), signal)
    return wrongly(...z.array(z.string()).parse(access))
  } catch (error) {
    if (signal.aborted) return away(`The database at ${url} did not answer within ${ASK_MS / 1000} s.`)
    if (error instanceof DatabaseWrongError) return wrongly(wrong(url, error.message))
    return away(`The database at ${url} cannot be used: ${messageOf(error)}`)
  }
}

const sentencesOf = (applied: readonly string[]): readonly string[] => {
  const missing = missingMigrations(applied)
  if (missing.length === 0) return []
  return [
    `The database lacks ${missing.length} of ${MIGRATIONS.length} migrations, first ${missing[0]}: run the migrations (services/persister/src/migrate.ts).`,
  ]
}

const wrong = (url: string, said: string): string => {
  if (said.includes('PGRST202')) {
    return `The database at ${url} has none of our functions, or PostgREST has not seen them yet: run the migrations (services/persister/src/migrate.ts). ${said}`
  }
  return `The database at ${url} does not let us in: SUPABASE_SERVICE_ROLE_KEY must be the key of the role service_role, and SUPABASE_URL the base of its API. ${said}`
}
