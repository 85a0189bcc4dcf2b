import { ConfigError } from '@surepost/shared/errors'

/** One file of supabase/migrations: `<version>_<name>.sql`. */
export interface Migration {
  readonly version: string
  readonly name: string
  readonly sql: string
}

const FILE_NAME = /^(\d{14})_([a-z0-9_]+)\.sql$/

/** Read the version (14 digits, a time) and the name from a file's name. @throws ConfigError when it has another form */
export const parseFileName = (file: string): Pick<Migration, 'version' | 'name'> => {
  const [, version, name] = FILE_NAME.exec(file) ?? []
  if (version !== undefined && name !== undefined) return { version, name }
  throw new ConfigError(`The migration "${file}" is not named like 20260131120000_what_it_does.sql.`)
}

/**
 * Which migrations are still to be applied, in order.
 * @throws ConfigError when that is not simply the rest: a new one that is older than what is applied, an applied one
 *   that is not here, or two of one version
 */
export const planMigrations = (here: readonly Migration[], applied: readonly string[]): readonly Migration[] => {
  const sorted = here.toSorted((a, b) => (a.version < b.version ? -1 : 1))
  const twice = sorted.find((migration, i) => migration.version === sorted[i + 1]?.version)
  if (twice !== undefined)
    throw new ConfigError(`Two migrations have the version ${twice.version}: give one of them a later one.`)
  const unknown = applied.find((version) => !here.some((migration) => migration.version === version))
  if (unknown !== undefined) {
    throw new ConfigError(
      `The database has the migration ${unknown}, which is not among the files here: this is an older version of Surepost than the one that made it.`,
    )
  }
  const missing = sorted.filter((migration) => !applied.includes(migration.version))
  const latest = applied.toSorted().at(-1)
  const late = missing.find((migration) => latest !== undefined && migration.version < latest)
  if (late !== undefined) {
    throw new ConfigError(
      `The migration ${late.version}_${late.name} is older than ${latest}, which is applied already: give it a later version, since order matters.`,
    )
  }
  return missing
}
