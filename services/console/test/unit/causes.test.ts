import { expect, test } from 'vitest'

interface Letter {
  readonly queue: string
  readonly type: string
  readonly reason: string
  readonly at: string | null
}
interface Group {
  readonly queue: string
  readonly letters: readonly Letter[]
  readonly since: string | null
  readonly last: string | null
}
/** The page is plain JavaScript, which its own compiler checks (tsconfig.page.json). */
const { causeOf, groupsOf } = (await import(new URL('../../src/page/views/causes.js', import.meta.url).href)) as {
  causeOf(reason: string): string
  groupsOf(letters: readonly Letter[]): Group[]
}

const letter = (queue: string, reason: string, at: string | null = null) => ({ queue, type: 't', reason, at })

test('ids, numbers and quoted words make no other cause', () => {
  const one = causeOf('Post 0190a000-0000-7000-8000-000000000001 has 3 segments; "ada" is unknown')
  expect(causeOf('Post 0190a000-0000-7000-8000-0000000000ff has 12 segments; "bob" is unknown')).toBe(one)
  expect(causeOf('Post 0190a000-0000-7000-8000-000000000001 has no segments')).not.toBe(one)
})

test('letters are grouped by queue and cause, the most numerous first, with since when and until when', () => {
  const groups = groupsOf([
    letter('a', 'alone'),
    letter('b', 'attempt 1 failed', '2026-01-01T00:02:00.000Z'),
    letter('b', 'attempt 2 failed', '2026-01-01T00:01:00.000Z'),
    letter('a', 'attempt 3 failed'),
  ])
  expect(groups.map(({ queue, letters, since, last }) => [queue, letters.length, since, last])).toEqual([
    ['b', 2, '2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z'],
    ['a', 1, null, null],
    ['a', 1, null, null],
  ])
})
