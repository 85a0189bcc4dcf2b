import { describe, expect, it } from 'vitest'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  DataRefusedError,
  DatabaseSlowError,
  DatabaseWrongError,
  LockLostError,
  MIGRATIONS,
  classify,
  missingMigrations,
} from '../../src/database/index.ts'
import { errorOf, isOutage, mayDoLater } from '../../src/database/errors.ts'
import { PermanentError, TransientError, UnavailableError } from '../../src/errors/index.ts'

const trouble = (status: number, code = '', message = 'said so') => ({ status, code, message })

describe('what an error answer of the database means', () => {
  it.each([
    // The data is bad: classes 22 and 23, and our own word.
    [400, '22P02', 'refused'],
    [400, '22007', 'refused'],
    [409, '23505', 'refused'],
    [400, '23514', 'refused'],
    [400, 'SP001', 'refused'],
    // Two transactions met.
    [500, '40001', 'conflict'],
    [500, '40P01', 'conflict'],
    // It is away.
    [0, '', 'away'],
    [502, '', 'away'],
    [503, '', 'away'],
    [503, 'PGRST000', 'away'],
    [503, 'PGRST001', 'away'],
    [503, 'PGRST002', 'away'],
    [504, 'PGRST003', 'away'],
    [405, '25006', 'away'],
    [503, '53300', 'away'],
    // It took too long.
    [500, '57014', 'slow'],
    [500, '57P01', 'away'],
    [500, '08006', 'away'],
    [500, 'XX000', 'away'],
    [429, '', 'away'],
    // Cut on its way, a request comes to a server in pieces: whoever says so never understood what was asked.
    [400, '', 'away'],
    // It is up, and not as it must be.
    [401, '', 'wrong'],
    [401, 'PGRST301', 'wrong'],
    [404, 'PGRST202', 'wrong'],
    [404, 'PGRST205', 'wrong'],
    [403, '42501', 'wrong'],
    [404, '42P01', 'wrong'],
    [404, '42883', 'wrong'],
    [404, '', 'wrong'],
    // The question is wrong.
    [400, 'PGRST100', 'mistake'],
    [406, 'PGRST116', 'mistake'],
    [400, 'P0001', 'mistake'],
    [400, 'SP002', 'lock_lost'],
  ] as const)('HTTP %i with the code "%s" means %s', (status, code, verdict) => {
    expect(classify(trouble(status, code))).toBe(verdict)
  })

  it('decides by the code before the status: a bad fact behind a 500 is still a bad fact', () => {
    expect(classify(trouble(500, '22P02'))).toBe('refused')
  })
})

describe('the error that is thrown for it', () => {
  it('carries the SQLSTATE when the data is refused', () => {
    const error = errorOf('apply_facts', trouble(400, '22P02', 'invalid input syntax'))
    expect(error).toBeInstanceOf(DataRefusedError)
    expect(error).toMatchObject({ sqlstate: '22P02' })
  })

  it.each([
    ['away', trouble(503), UnavailableError, true, true],
    ['slow', trouble(500, '57014'), DatabaseSlowError, true, true],
    ['conflict', trouble(500, '40P01'), TransientError, true, false],
    ['wrong', trouble(401), DatabaseWrongError, false, false],
    ['refused', trouble(400, '22P02'), DataRefusedError, false, false],
    ['mistake', trouble(400, 'PGRST100'), PermanentError, false, false],
    ['lock_lost', trouble(400, 'SP002'), LockLostError, false, false],
  ] as const)(
    'for %s is tried again only if that may help, and opens the breaker only if the database is to blame',
    (_, answer, kind, again, outage) => {
      const error = errorOf('call', answer)
      expect(error).toBeInstanceOf(kind)
      expect(mayDoLater(error)).toBe(again)
      expect(isOutage(error)).toBe(outage)
    },
  )

  it('quotes little of what the database said', () => {
    expect(errorOf('call', trouble(400, '22P02', 'x'.repeat(10_000))).message.length).toBeLessThan(500)
  })
})

describe('the migrations that this code was built for', () => {
  it('are those in the folder', () => {
    const folder = fileURLToPath(new URL('../../../../supabase/migrations', import.meta.url))
    expect(
      readdirSync(folder)
        .map((file) => file.slice(0, 14))
        .toSorted(),
    ).toEqual(MIGRATIONS)
  })

  it('are compared one by one with what is applied', () => {
    expect(missingMigrations(['1', '3'], ['1', '2', '3', '4'])).toEqual(['2', '4'])
    expect(missingMigrations(['1', '2', '9'], ['1', '2'])).toEqual([])
  })
})
