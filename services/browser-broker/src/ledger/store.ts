import { DatabaseSync } from 'node:sqlite'
import { newId } from '@surepost/shared/contracts'
import { ConfigError } from '@surepost/shared/errors'
import { type Apply, type Mark, sqliteApply } from './apply.ts'
import type { Millis } from './model.ts'
import { type AnswerOf, type ArgumentsOf, OPERATIONS, type OperationName } from './operations.ts'
import type { Policy } from './policy.ts'
import { SCHEMA, SCHEMA_VERSION } from './schema.ts'
import { sqliteTables } from './tables.ts'
import type { Tables } from './views.ts'
import type { Decision } from './writes.ts'

export interface StoreOptions {
  /** The SQLite file, or `:memory:`. */
  readonly path: string
  readonly shard: number
  readonly shards: number
  readonly policy: Policy
}

/** An operation that has been carried out, or the error that undid it alone. */
export type Result<A> = { readonly ok: A } | { readonly failed: unknown }

/**
 * The ledger's file. Everything happens in `commit`: any number of operations, one transaction, one sync of the disk.
 * Nothing of what an operation answered may be told before `commit` has returned.
 */
export interface Store extends Disposable {
  readonly tables: Tables
  readonly db: DatabaseSync
  /** The number of the last fact or command that was written. */
  seq(): number
  /** @throws when the transaction could not be committed; then none of the operations has happened */
  commit(work: readonly (() => unknown)[]): Result<unknown>[]
  /** One operation, inside `commit`. */
  perform<N extends OperationName>(name: N, args: ArgumentsOf<N>, now: Millis, traceparent?: string): AnswerOf<N>
  meta(key: string): string | undefined
  setMeta(key: string, value: string): void
}

/** @throws ConfigError when the file belongs to another shard, another number of shards, or a newer program */
export const openStore = (options: StoreOptions, now: Millis): Store => {
  const db = new DatabaseSync(options.path, { timeout: 5_000 })
  try {
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    db.exec(SCHEMA)
    return storeOf(db, options, now)
  } catch (error) {
    db.close()
    throw error
  }
}

const storeOf = (db: DatabaseSync, options: StoreOptions, now: Millis): Store => {
  const get = db.prepare('select value from meta where key = ?')
  const set = db.prepare('insert or replace into meta values (?, ?)')
  const meta = (key: string): string | undefined => (get.get(key) as { value: string } | undefined)?.value
  const setMeta = (key: string, value: string): void => void set.run(key, value)
  identify(meta, setMeta, options, now)
  let seq = Number(meta('seq') ?? '0')
  const mark: Mark = { id: () => meta('id') ?? '', next: () => (seq += 1) }
  const tables = sqliteTables(db)
  const apply = sqliteApply(db, mark)

  const commit = (work: readonly (() => unknown)[]): Result<unknown>[] => {
    const before = seq
    db.exec('begin immediate')
    try {
      const results = work.map((run) => savepoint(db, run))
      if (seq !== before) setMeta('seq', String(seq))
      db.exec('commit')
      return results
    } catch (error) {
      seq = before
      if (db.isTransaction) db.exec('rollback')
      throw error
    }
  }
  const trace = db.prepare('insert into traces values (?, ?)')
  const perform = <N extends OperationName>(
    name: N,
    args: ArgumentsOf<N>,
    at: Millis,
    traceparent?: string,
  ): AnswerOf<N> => {
    const before = seq
    const answer = performed(name, args, { tables, now: at, policy: options.policy }, apply)
    if (traceparent !== undefined) for (let n = before + 1; n <= seq; n += 1) trace.run(n, traceparent)
    return answer
  }
  return { tables, db, seq: () => seq, commit, perform, meta, setMeta, [Symbol.dispose]: () => db.close() }
}

const performed = <N extends OperationName>(
  name: N,
  args: ArgumentsOf<N>,
  moment: { readonly tables: Tables; readonly now: Millis; readonly policy: Policy },
  apply: Apply,
): AnswerOf<N> => {
  // The name ties the arguments and the answer together; the compiler cannot follow that through the union.
  const decide = OPERATIONS[name] as unknown as (m: typeof moment, ...a: unknown[]) => Decision<AnswerOf<N>>
  const { answer, writes } = decide(moment, ...args)
  apply(writes)
  return answer
}

/** What one operation did is undone alone; the others of the transaction stand. */
const savepoint = (db: DatabaseSync, run: () => unknown): Result<unknown> => {
  db.exec('savepoint one')
  try {
    const ok = run()
    db.exec('release one')
    return { ok }
  } catch (failed) {
    db.exec('rollback to one; release one')
    return { failed }
  }
}

const identify = (
  meta: (key: string) => string | undefined,
  setMeta: (key: string, value: string) => void,
  { path, shard, shards }: StoreOptions,
  now: Millis,
): void => {
  if (meta('id') === undefined) {
    const first = { schema: SCHEMA_VERSION, shard, shards, birth: now, seq: 0, id: newId() }
    for (const [key, value] of Object.entries(first)) setMeta(key, String(value))
    return
  }
  const schema = Number(meta('schema'))
  if (schema > SCHEMA_VERSION)
    throw new ConfigError(
      `The ledger ${path} was written by a newer browser-broker (schema ${schema}; this one knows ${SCHEMA_VERSION}): install that version.`,
    )
  for (const [key, variable, configured] of [
    ['shards', 'BROKER_SHARDS', shards],
    ['shard', 'BROKER_SHARD', shard],
  ] as const) {
    if (Number(meta(key)) !== configured)
      throw new ConfigError(
        `${variable} is ${configured}, but the ledger ${path} was made with ${meta(key)}: the number of shards is fixed at installation; set ${variable} to ${meta(key)}.`,
      )
  }
}
