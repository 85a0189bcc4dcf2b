import { expect, test } from 'vitest'
import type { PostOutcomeRow } from '@surepost/shared/database'
import { agesOf, csvHeader, csvLine } from '../../src/outcomes/csv.ts'
import { sinceOption } from '../../src/since.ts'

const figures = { replies: 0, reposts: 1, quotes: null, likes: 2, bookmarks: 3, views: 40, at: '2026-11-25T12:00:00Z' }
const row = {
  post_id: 'p',
  segment: 0,
  text: '=1+1, "quoted"\nand a line',
  metrics_by_age: { '3600': figures, '900': { ...figures, views: 9 } },
  latest: null,
} as unknown as PostOutcomeRow

test('figures stand by the age at which they were due; what was not seen is empty and never 0', () => {
  const ages = agesOf([row])
  expect(ages).toEqual(['900', '3600'])
  const header = csvHeader(ages).split(',')
  // The text has a comma and a line of its own: only what is behind it is split.
  const cells = csvLine({ ...row, text: 'plain' }, ages).split(',')
  const of = (column: string): string | undefined => cells[header.indexOf(column)]
  expect([of('views_900'), of('views_3600'), of('replies_900'), of('quotes_900'), of('views_latest')]).toEqual([
    '9',
    '40',
    '0',
    '',
    '',
  ])
  expect(cells).toHaveLength(header.length)
})

test('a text is one cell, and no formula', () => {
  expect(csvLine(row, [])).toContain(`"'=1+1, ""quoted""\nand a line"`)
})

test('a time is said by what was before now, or by its date', () => {
  const now = new Date('2026-11-25T12:00:00.000Z')
  expect(sinceOption('7d', now).toISOString()).toBe('2026-11-18T12:00:00.000Z')
  expect(sinceOption('90s', now).toISOString()).toBe('2026-11-25T11:58:30.000Z')
  expect(sinceOption('2026-11-01').toISOString()).toBe('2026-11-01T00:00:00.000Z')
  expect(() => sinceOption('yesterday')).toThrow('It must be a time like')
})
