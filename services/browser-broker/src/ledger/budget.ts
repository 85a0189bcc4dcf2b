import type { Budget, PostId } from '@surepost/shared/contracts'
import type { Appointment, Millis, Spend } from './model.ts'
import { DAY, HOUR } from './policy.ts'

export interface BudgetQuestion {
  readonly budget: Budget
  /** How many creates this post still needs room for (a thread is reserved whole). */
  readonly need: number
  readonly postId: PostId
  /** Of this account and kind, not older than a day. */
  readonly spends: readonly Spend[]
  /** Times given to other posts of this account and kind that have not come yet. */
  readonly appointments: readonly Appointment[]
  /** Not before this. */
  readonly from: Millis
  readonly now: Millis
}

interface Entry {
  readonly at: Millis
  readonly count: number
  /** The gap is kept from this moment; undefined between segments of one thread and for what was only reserved. */
  readonly gapFrom: Millis | undefined
  readonly appointed: boolean
}

/**
 * Until its browser is gone an attempt may still click: its last possible click so far is now. So it is where that moment
 * is known and still to come (a lost ledger's actions): others keep their gap from it, and do not wait for it.
 */
const entryOf = (spend: Spend, { postId, now }: BudgetQuestion): Entry => {
  const at = spend.state === 'reserved' ? spend.at : Math.min(spend.clickedBy ?? now, now)
  const gap = spend.postId !== postId && spend.state === 'spent'
  return { at, count: 1, gapFrom: gap ? at : undefined, appointed: false }
}

const entriesOf = (question: BudgetQuestion): Entry[] => [
  ...question.spends.map((spend) => entryOf(spend, question)),
  ...question.appointments
    .filter((a) => a.postId !== question.postId && a.at > question.now)
    .map((a) => ({ at: a.at, count: a.need, gapFrom: a.at, appointed: true })),
]

const countSince = (entries: readonly Entry[], since: Millis, until: Millis): number =>
  entries.reduce((sum, e) => (e.at > since && e.at <= until ? sum + e.count : sum), 0)

const fits = (at: Millis, entries: readonly Entry[], { budget, need }: BudgetQuestion): boolean => {
  const gap = budget.minGapSeconds * 1_000
  const apart = (e: Entry): boolean =>
    e.gapFrom === undefined || at >= e.gapFrom + gap || (e.appointed && at + gap <= e.gapFrom)
  return (
    entries.every(apart) &&
    countSince(entries, at - HOUR, at) + need <= budget.perHour &&
    countSince(entries, at - DAY, at) + need <= budget.perDay
  )
}

/**
 * The earliest moment at which the budget has room: the hour's and the day's counts (sliding), the gap from the last
 * possible click of another post, and nobody else's appointment is taken. Two refused posts never get the same time.
 * @returns null when the budget can never hold `need` creates at once
 */
export const earliestStart = (question: BudgetQuestion): Millis | null => {
  const { budget, need, from } = question
  if (need > budget.perHour || need > budget.perDay) return null
  const entries = entriesOf(question)
  if (fits(from, entries, question)) return from
  const gap = Math.max(1, budget.minGapSeconds * 1_000)
  const candidates = entries
    .flatMap(({ at }) => [at + gap, at + HOUR, at + DAY])
    .filter((at) => at > from)
    .toSorted((a, b) => a - b)
  return candidates.find((at) => fits(at, entries, question)) ?? null
}

/** Earliest start with nobody else's appointment counted: what a post that kept its own appointment is judged by. */
export const earliestByRight = (question: BudgetQuestion): Millis | null =>
  earliestStart({ ...question, appointments: [] })
