import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cuttable, isolate } from '@surepost/testkit'
import { MIGRATIONS } from '@surepost/shared/database'
import { readMigrations, runMigrations } from '../../src/migrations/run.ts'
import { waitForPostgres } from '../../src/migrations/wait.ts'
import { query } from '../support/rows.ts'

const { id, endpoints } = await isolate()
const folder = fileURLToPath(new URL('../../../../supabase/migrations/', import.meta.url))
const runner = fileURLToPath(new URL('../../src/migrate.ts', import.meta.url))

const fresh = `${id}_fresh`
const url = new URL(endpoints.postgresUrl)
url.pathname = `/${fresh}`
const freshUrl = url.href
beforeAll(() => query(endpoints.postgresUrl, `create database ${fresh}`))
afterAll(() => query(endpoints.postgresUrl, `drop database ${fresh}`))

const copies: string[] = []
afterAll(() => Promise.all(copies.map((copy) => rm(copy, { recursive: true }))))
const copyOfFolder = async (): Promise<string> => {
  const copy = await mkdtemp(join(tmpdir(), 'surepost-migrations-'))
  copies.push(copy)
  await cp(folder, copy, { recursive: true })
  return copy
}

const migrate = async (databaseUrl: string | undefined, ...args: string[]) =>
  promisify(execFile)(process.execPath, [runner, ...args], { env: { ...process.env, DATABASE_URL: databaseUrl } })

/** Everything that a migration could have made. */
const schemaOf = (databaseUrl: string): Promise<object[]> =>
  query(
    databaseUrl,
    `select 'column' as kind, table_name || '.' || column_name || ' ' || data_type as what from information_schema.columns where table_schema in ('public', 'surepost')
     union all select 'function', p.oid::regprocedure::text || md5(p.prosrc) || coalesce(p.proacl::text, '') from pg_proc as p where pronamespace in ('public'::regnamespace, 'surepost'::regnamespace)
     union all select 'index', indexdef from pg_indexes where schemaname = 'public'
     order by 1, 2`,
  )

describe('a database that does not answer yet', () => {
  it('is waited for, and not longer than was said', async () => {
    await using link = await cuttable(freshUrl)
    link.cut()
    await expect(waitForPostgres(link.url, 0)).rejects.toThrow()
    const waiting = waitForPostgres(link.url, 30_000)
    // The first attempt was refused by now: this one fails after it.
    await expect(waitForPostgres(link.url, 0)).rejects.toThrow()
    link.mend()
    await expect(waiting).resolves.toBeUndefined()
  })
  it('is not waited for when it refuses for good', async () => {
    const wrong = new URL(freshUrl)
    wrong.pathname = '/no_such_database'
    await expect(waitForPostgres(wrong.href, 3_600_000)).rejects.toThrow('does not exist')
  })
})

describe('the migrations', () => {
  it('are applied to a fresh database once, though two runners start together', async () => {
    const reports = await Promise.all([runMigrations(freshUrl, folder), runMigrations(freshUrl, folder)])
    expect(reports.map(({ applied }) => applied.length).toSorted((a, b) => a - b)).toEqual([0, MIGRATIONS.length])
    expect(await query(freshUrl, 'select public.schema_version() as v')).toEqual([{ v: MIGRATIONS }])
  })

  it('make what the template of the tests has', async () => {
    expect(await schemaOf(freshUrl)).toEqual(await schemaOf(endpoints.postgresUrl))
  })

  it('change nothing when they are run again', async () => {
    const before = await schemaOf(freshUrl)
    const { stdout } = await migrate(freshUrl)
    expect(stdout).toBe(`nothing to do: all ${MIGRATIONS.length} migrations are applied\n`)
    expect(JSON.parse((await migrate(freshUrl, '--json')).stdout)).toEqual({ applied: [], total: MIGRATIONS.length })
    expect(await schemaOf(freshUrl)).toEqual(before)
  })

  it('are recorded as the Supabase CLI does', async () => {
    const rows = await query<{ version: string; name: string; n: number }>(
      freshUrl,
      'select version, name, cardinality(statements) as n from supabase_migrations.schema_migrations order by version',
    )
    const files = (await readdir(folder)).toSorted()
    expect(rows.map(({ version, name }) => `${version}_${name}.sql`)).toEqual(files)
    expect(rows.every(({ n }) => n === 1)).toBe(true)
  })

  it('keep nothing of one that fails, and say where it failed', async () => {
    const copy = await copyOfFolder()
    await writeFile(
      join(copy, '29990101000000_broken.sql'),
      'create table public.half (id int);\nselect 1;\nselect nonsense;\n',
    )
    await expect(runMigrations(freshUrl, copy)).rejects.toThrow(
      /29990101000000_broken failed, and nothing of it was kept: .*nonsense.*\(line 3\)/,
    )
    expect(await query(freshUrl, `select to_regclass('public.half') as found`)).toEqual([{ found: null }])
  })

  it('are refused when an applied one was changed', async () => {
    const copy = await copyOfFolder()
    const [first] = await readMigrations(folder)
    await appendFile(join(copy, `${first?.version}_${first?.name}.sql`), '\n-- another thought\n')
    await expect(runMigrations(freshUrl, copy)).rejects.toThrow(/was changed after it was applied/)
  })

  it('are refused with a sentence, and an exit status, without a database', async () => {
    await expect(migrate('')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^DATABASE_URL is missing: it must be a URL/),
    })
    await expect(migrate('postgres://nobody:secret@127.0.0.1:9/none')).rejects.toMatchObject({
      code: 1,
      stderr: expect.not.stringContaining('secret'),
    })
  })
})
