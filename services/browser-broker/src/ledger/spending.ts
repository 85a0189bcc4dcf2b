import type { BeginAction, BeginRefusal } from '@surepost/shared/contracts'
import { earliestByRight, earliestStart } from './budget.ts'
import { type Action, type Millis, type Spend, keyOf } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import type { Write } from './writes.ts'

/** Whether a create has room now; if not, why, and the time that is kept for it (null: never). */
export interface Room {
  readonly refused: Extract<BeginRefusal, 'kill_switch' | 'paused' | 'budget'> | null
  readonly at: Millis | null
  readonly need: number
  readonly detail: string
}

const ownSpends = (spends: readonly Spend[], { postId, revision }: BeginAction): Spend[] =>
  spends.filter((s) => s.postId === postId && s.revision === revision)

/** Segments of this thread, from this one on, that have nothing reserved: what the begin would take from the budget. */
const unreserved = (own: readonly Spend[], request: BeginAction): number[] =>
  Array.from({ length: request.segments - request.segment }, (_, i) => request.segment + i).filter(
    (segment) => !own.some((s) => s.segment === segment && (s.state === 'reserved' || segment !== request.segment)),
  )

/** Room for a fresh create: kill switch, pause, then the budget; each refusal gets a time of its own. */
export const roomFor = (tables: Tables, request: BeginAction, now: Millis, policy: Policy): Room => {
  const account = tables.account(request.account)
  if (account === null)
    return {
      refused: 'paused',
      at: now + policy.recheckMs,
      need: 0,
      detail: `The account ${request.account} is not configured.`,
    }
  const spends = tables.spends(request.account, request.kind, now)
  const own = ownSpends(spends, request)
  const need = unreserved(own, request).length
  const appointments = tables.appointments(request.account, request.kind, now)
  const question = {
    budget: account.config.budgets[request.kind],
    need,
    postId: request.postId,
    spends,
    appointments,
    now,
  }
  const { killSwitch } = tables.ledger()
  const spaced = (from: Millis): Millis => earliestStart({ ...question, from }) ?? from
  if (killSwitch.on)
    return {
      refused: 'kill_switch',
      at: spaced(now + policy.recheckMs),
      need,
      detail: `The kill switch is on (${killSwitch.by}: ${killSwitch.reason}).`,
    }
  const pause = account.pause
  if (pause !== null && (pause.until ?? Infinity) > now)
    return {
      refused: 'paused',
      at: spaced(pause.until ?? now + policy.recheckMs),
      need,
      detail: `The account is paused: ${pause.reason}.`,
    }
  const kept = tables.appointment(request.postId)
  // Whoever came at the time it was given, and a thread under way, goes before those whose time is still to come.
  const first = own.length > 0 || (kept !== null && kept.at <= now)
  const byRight = first ? earliestByRight({ ...question, from: now }) : null
  const at = byRight === now ? now : earliestStart({ ...question, from: now })
  if (at === now) return { refused: null, at, need, detail: '' }
  const { perHour, perDay, minGapSeconds } = question.budget
  const limits = `${perHour} an hour, ${perDay} a day, ${minGapSeconds} s apart`
  const never = at === null ? `; ${need} at once never fit` : ''
  return {
    refused: 'budget',
    at,
    need,
    detail: `The account's budget for a ${request.kind} (${limits}) has no room${never}.`,
  }
}

/** What a begin spends: this attempt, and the rest of the thread reserved. */
export const spendsOfBegin = (tables: Tables, request: BeginAction, attempt: number, now: Millis): Write[] => {
  const own = ownSpends(tables.spends(request.account, request.kind, now), request)
  const { account, kind } = request
  const base = { account, kind, at: now, clickedBy: null }
  const rest = unreserved(own, request).filter((segment) => segment !== request.segment)
  return [
    { drop: 'spend', key: keyOf(request), attempt: 0 },
    { put: 'spend', spend: { ...base, ...keyOf(request), attempt, state: 'spent' } },
    ...rest.map(
      (segment): Write => ({
        put: 'spend',
        spend: { ...base, ...keyOf(request), segment, attempt: 0, state: 'reserved' },
      }),
    ),
  ]
}

/** What an action that others told of has spent: its create, at its time. */
export const spendOf = (action: Action): Write => ({
  put: 'spend',
  spend: {
    postId: action.postId,
    revision: action.revision,
    segment: action.segment,
    account: action.account,
    kind: action.kind,
    attempt: action.attempt,
    state: 'spent',
    at: action.begunAt,
    clickedBy: action.publishedAt ?? action.begunAt,
  },
})
