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

/** A migration that the database has; `sql` is null when another tool applied it. */
export interface Applied {
  readonly version: string
  readonly sql: string | null
}

/**
 * Which migrations are still to be applied, in order.
 * @throws ConfigError when that is not simply the rest: a new one that is older than what is applied, an applied one
 *   that is not here or reads otherwise here, or two of one version
 */
export const planMigrations = (here: readonly Migration[], applied: readonly Applied[]): readonly Migration[] => {
  const sorted = here.toSorted((a, b) => (a.version < b.version ? -1 : 1))
  const known = new Map(sorted.map((migration) => [migration.version, migration]))
  const latest = applied
    .map(({ version }) => version)
    .toSorted()
    .at(-1)
  const missing = sorted.filter(({ version }) => !applied.some((past) => past.version === version))
  const trouble =
    troubleOfFiles(sorted) ??
    applied.map((past) => troubleOfPast(past, known)).find(Boolean) ??
    troubleOfOrder(missing, latest)
  if (trouble !== undefined) throw new ConfigError(trouble)
  return missing
}

const troubleOfFiles = (sorted: readonly Migration[]): string | undefined => {
  const twice = sorted.find(({ version }, i) => version === sorted[i + 1]?.version)
  return twice && `Two migrations have the version ${twice.version}: give one of them a later one.`
}

const troubleOfPast = ({ version, sql }: Applied, known: ReadonlyMap<string, Migration>): string | undefined => {
  const migration = known.get(version)
  if (migration === undefined) {
    return `The database has the migration ${version}, which is not among the files here: this is an older version of Surepost than the one that made it.`
  }
  if (sql === null || sql === migration.sql) return undefined
  return `The migration ${version}_${migration.name} was changed after it was applied: restore it, and put the change into a new one.`
}

const troubleOfOrder = ([first]: readonly Migration[], latest: string | undefined): string | undefined => {
  if (first === undefined || latest === undefined || first.version > latest) return undefined
  return `The migration ${first.version}_${first.name} is older than ${latest}, which is applied already: give it a later version, since order matters.`
}
