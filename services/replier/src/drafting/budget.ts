import type { ModelSpending } from '@surepost/shared/contracts'
import type { Spent } from './drafter.ts'

/** What may be spent on one UTC day, by all accounts. */
export interface DailyBudget {
  readonly tokens: number
  readonly costMicros: number
}

/** `room`: spend. `crowded`: others under way may need what is left. `spent`: nothing more today. */
export type Room = 'room' | 'crowded' | 'spent'

/**
 * Whether one more answer fits into the day. Counted are what the record knows to be spent (or possible: a request without
 * an end counts whole), and the most for each decision that was asked for before this one. So the day's budget holds
 * whatever the others come to, and with nothing known nothing is spent.
 */
export const roomFor = (budget: DailyBudget, most: Spent, spent: ModelSpending, ahead: number): Room => {
  const fits = (answers: number): boolean =>
    spent.tokens + answers * most.tokens <= budget.tokens &&
    spent.costMicros + answers * most.costMicros <= budget.costMicros
  if (fits(ahead + 1)) return 'room'
  return fits(1) ? 'crowded' : 'spent'
}

export const dayOf = (now: Date): string => now.toISOString().slice(0, 10)
/** When the next UTC day begins. */
export const nextDay = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
