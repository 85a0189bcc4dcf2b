import type { Metrics } from '@surepost/shared/contracts'

/** One check as the database has it at the end. */
export interface JudgedCheck {
  readonly postId: string
  readonly state: 'open' | 'claimed' | 'done' | 'missed'
  readonly failures: number
}

/** One believed reading, beside what the site itself says of the post. */
export interface JudgedReading {
  readonly postId: string
  readonly metrics: Metrics
}

export interface Result {
  /** Checks that were due. */
  readonly due: number
  readonly fulfilled: number
  readonly missed: number
  /** Checks of posts whose pages were planted unreadable until the checks' deadline. */
  readonly plantedUnreadable: number
  /** Checks that are neither fulfilled nor missed, or are not there at all. */
  readonly silent: number
  /** Believed readings with another figure than the site's; a figure that is shown and was not read counts. */
  readonly wrong: number
  /** Readings that failed and were tried again. */
  readonly failures: number
}

/** Figures that a post's page shows; quotes are not among them. */
const SHOWN = ['replies', 'reposts', 'likes', 'bookmarks', 'views'] as const satisfies readonly (keyof Metrics)[]

const isWrong = ({ postId, metrics }: JudgedReading, truth: ReadonlyMap<string, Metrics>): boolean => {
  const figures = truth.get(postId)
  if (figures === undefined) return true
  return SHOWN.some((figure) => metrics[figure] !== figures[figure])
}

/**
 * Weigh what the database has against what was planted.
 *
 * @param expected how many checks there must be
 * @param unreadable posts whose pages could not be read until the deadline
 */
export const judge = (
  expected: number,
  checks: readonly JudgedCheck[],
  readings: readonly JudgedReading[],
  truth: ReadonlyMap<string, Metrics>,
  unreadable: ReadonlySet<string>,
): Result => {
  const count = (state: JudgedCheck['state']): number => checks.filter((check) => check.state === state).length
  return {
    due: expected,
    fulfilled: count('done'),
    missed: count('missed'),
    plantedUnreadable: checks.filter(({ postId }) => unreadable.has(postId)).length,
    silent: expected - count('done') - count('missed'),
    wrong: readings.filter((reading) => isWrong(reading, truth)).length,
    failures: checks.reduce((sum, { failures }) => sum + failures, 0),
  }
}

/** Whether every check was kept, or missed for the one reason there was. */
export const isWhole = (result: Result): boolean =>
  result.silent === 0 &&
  result.wrong === 0 &&
  result.missed === result.plantedUnreadable &&
  result.fulfilled + result.missed === result.due
