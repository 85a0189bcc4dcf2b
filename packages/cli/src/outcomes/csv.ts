import type { Metrics } from '@surepost/shared/contracts'
import type { PostOutcomeRow } from '@surepost/shared/database'

const PLAIN = [
  'post_id',
  'segment',
  'account',
  'platform',
  'platform_id',
  'url',
  'published_at',
  'kind',
  'segments',
  'text',
  'characters',
  'words',
  'lines',
  'links',
  'hashtags',
  'mentions',
  'has_question',
  'images',
  'hour_utc',
  'weekday',
  'missing',
  'deleted_at',
  'checks_done',
  'checks_missed',
  'checks_waiting',
] as const satisfies readonly (keyof PostOutcomeRow)[]

const FIGURES = [
  'replies',
  'reposts',
  'quotes',
  'likes',
  'bookmarks',
  'views',
] as const satisfies readonly (keyof Metrics)[]

/** Text that a spreadsheet would run as a formula is led by an apostrophe (OWASP, "CSV Injection"). */
const cell = (value: string | number | boolean | null | undefined): string => {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Every age, in seconds, at which any of the rows was measured, ascending. */
export const agesOf = (rows: readonly Pick<PostOutcomeRow, 'metrics_by_age'>[]): readonly string[] =>
  [...new Set(rows.flatMap((row) => Object.keys(row.metrics_by_age)))].toSorted((a, b) => Number(a) - Number(b))

/** `views_900`: the views at the check 900 s after publishing; `views_latest`: at the latest reading. */
export const csvHeader = (ages: readonly string[]): string =>
  [...PLAIN, ...[...ages, 'latest'].flatMap((age) => FIGURES.map((figure) => `${figure}_${age}`))].join(',')

/** One row; what was not shown or not read is empty, never 0. */
export const csvLine = (row: PostOutcomeRow, ages: readonly string[]): string =>
  [
    ...PLAIN.map((column) => cell(row[column])),
    ...[...ages.map((age) => row.metrics_by_age[age]), row.latest].flatMap((figures) =>
      FIGURES.map((figure) => cell(figures?.[figure])),
    ),
  ].join(',')
