import { describe, expect, it } from 'vitest'
import { type Migration, parseFileName, planMigrations } from '../../src/migrations/plan.ts'

const migration = (version: string, sql = `select ${version}`): Migration => ({ version, name: 'some', sql })
const [first, second, third] = ['20260101000000', '20260102000000', '20260103000000'].map((version) =>
  migration(version),
)
if (first === undefined || second === undefined || third === undefined) throw new Error('three migrations')

describe('planning migrations', () => {
  it('gives all of them to an empty database, in the order of their versions', () => {
    expect(planMigrations([third, first, second], [])).toEqual([first, second, third])
  })

  it('gives the rest to a database that has some', () => {
    expect(planMigrations([first, second, third], [first, second])).toEqual([third])
  })

  it('gives nothing to a database that has all', () => {
    expect(planMigrations([first, second], [first, second])).toEqual([])
  })

  it('refuses one that is older than what is applied', () => {
    expect(() => planMigrations([first, second, third], [first, third])).toThrow(
      /20260102000000_some is older than 20260103000000/,
    )
  })

  it('refuses a database that is ahead of the files', () => {
    expect(() => planMigrations([first], [first, second])).toThrow(
      /has the migration 20260102000000, which is not among the files/,
    )
  })

  it('refuses a file that was changed after it was applied', () => {
    expect(() => planMigrations([{ ...first, sql: 'other' }], [first])).toThrow(/was changed after it was applied/)
  })

  it('takes the word of another tool for what it applied', () => {
    expect(planMigrations([first], [{ version: first.version, sql: null }])).toEqual([])
  })

  it('refuses two files of one version', () => {
    expect(() => planMigrations([first, { ...first, name: 'other' }], [])).toThrow(/Two migrations have the version/)
  })
})

describe('the name of a migration file', () => {
  it('is a version of fourteen digits and a name', () => {
    expect(parseFileName('20260101000000_make_it.sql')).toEqual({ version: '20260101000000', name: 'make_it' })
  })

  it('is refused in any other form', () => {
    expect(() => parseFileName('1_make_it.sql')).toThrow(/is not named like/)
  })
})
