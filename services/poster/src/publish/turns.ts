import type { AccountId } from '@surepost/shared/contracts'

/** Posts of one account in hand at once: one at work, and one in line for its lease so that none is lost between them. */
const MOST_IN_HAND = 2
/** Those beyond come back one after the other, as far apart as posts of the account are done: at first, at least and at most. */
const FIRST_APART_MS = 500
const LEAST_APART_MS = 200
const MOST_APART_MS = 5_000
/** And none later than this. */
const LONGEST_MS = 60_000

/** A place in hand, to be given back; or when to come back for one. */
export type Turn = (Disposable & { readonly comeBack?: never }) | { readonly comeBack: Date }

export interface Turns {
  enter(account: AccountId): Turn
}

/**
 * Who may be worked on: an account with many posts (after an outage, say) holds a few places and not all of them, so
 * that the posts of others do not stand behind it.
 */
export const createTurns = (now: () => Date): Turns => {
  const accounts = new Map<AccountId, { inHand: number; next: number; apart: number; leftAt: number }>()
  return {
    enter(account) {
      const at = now().getTime()
      const own = accounts.get(account) ?? { inHand: 0, next: at, apart: FIRST_APART_MS, leftAt: at }
      if (own.inHand >= MOST_IN_HAND) {
        own.next = Math.min(Math.max(own.next, at) + own.apart, at + LONGEST_MS)
        return { comeBack: new Date(own.next) }
      }
      own.inHand += 1
      accounts.set(account, own)
      return {
        [Symbol.dispose]() {
          const left = now().getTime()
          own.apart = Math.min(Math.max((own.apart + left - own.leftAt) / 2, LEAST_APART_MS), MOST_APART_MS)
          own.leftAt = left
          own.inHand -= 1
          if (own.inHand === 0) accounts.delete(account)
        },
      }
    },
  }
}
