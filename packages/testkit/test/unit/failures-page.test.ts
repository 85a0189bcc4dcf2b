import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { describe, expect, it } from 'vitest'

const page = readFileSync(join(PROJECT_ROOT, 'docs/FAILURES.md'), 'utf8')
const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line))
const named = [...page.matchAll(/`([^`]+\.test\.ts)`: "([^"]+)"/g)].map(([, file = '', name = '']) => ({ file, name }))

describe('docs/FAILURES.md', () => {
  it('has a row for each of the 31 failures, with a test or with what is missing', () => {
    expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(Array.from({ length: 31 }, (_, n) => n + 1))
    for (const row of rows) expect(row).toMatch(/\.test\.ts`: "|Missing:/)
  })
  it.each(named)('names a test that exists: $file "$name"', ({ file, name }) => {
    const source = readFileSync(join(PROJECT_ROOT, file), 'utf8').replaceAll("\\'", "'")
    expect(source).toContain(name)
  })
})
