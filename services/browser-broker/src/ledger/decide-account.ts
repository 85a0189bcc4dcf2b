import { ALERTS, type AccountConfig, type AccountId, cleared, raised } from '@surepost/shared/contracts'
import { type Account, type KillSwitch, type Millis, type Pause, instant } from './model.ts'
import type { Tables } from './views.ts'
import { type Decision, type Refused, nothing, refuse } from './writes.ts'

type Told = { readonly told: true }
const told: Told = { told: true }

/**
 * A word that was sent before the one that holds, and was held up on its way (a retry waits on a rung): what was said last
 * stands. Ids of messages are UUIDv7, so their order is that of their sending.
 */
const isStale = (said: string | undefined, last: string | undefined): boolean =>
  said !== undefined && last !== undefined && said < last

/** Configure an account, new or known. A repeat of the same configuration is said again: its fact may be what was lost. */
export const decideConfigure = (tables: Tables, config: AccountConfig, now: Millis): Decision<Told> => {
  const before = tables.account(config.id)
  // Added again after it was removed: the pause that stood for that is over.
  const again = before?.removedAt !== undefined
  const account: Account = { fence: 0, ...before, pause: again ? null : (before?.pause ?? null), config }
  return {
    answer: told,
    writes: [
      { put: 'account', account: { ...account, removedAt: undefined } },
      { emit: 'account.configured', body: { at: instant(now), config } },
      ...(again
        ? [{ emit: 'account.resumed' as const, body: { at: instant(now), account: config.id, by: 'added again' } }]
        : []),
    ],
  }
}

const notHere = (id: AccountId): Decision<Refused> =>
  refuse('unknown_account', `The account ${id} is not configured here.`)

/** An account that is here and was not removed. */
const present = (tables: Tables, id: AccountId): Account | null => {
  const account = tables.account(id)
  return account?.removedAt === undefined ? account : null
}

/**
 * Forget the session and begin nothing any more. The record hears of it as of an account that is paused without an end and
 * answers nobody, so that nothing of it is due. Not while the platform has not said what became of a create.
 */
export const decideRemove = (tables: Tables, id: AccountId, by: string, now: Millis): Decision<Told | Refused> => {
  const before = tables.account(id)
  if (before === null) return notHere(id)
  if (before.removedAt !== undefined) return nothing(told)
  if (tables.unsettled(id))
    return refuse(
      'in_flight',
      `A post of ${id} is being created, or it is not known yet whether it was: wait until it is live or ended, then ask again.`,
    )
  const at = instant(now)
  const reason = `removed by ${by}`
  const { config: was } = before
  const config: AccountConfig = { ...was, replies: { ...was.replies, enabled: false } }
  const pause: Pause = { reason, until: null, by: 'operator' }
  return {
    answer: told,
    writes: [
      { put: 'account', account: { ...before, config, pause, removedAt: now } },
      { drop: 'session', account: id },
      { emit: 'account.configured', body: { at, config } },
      { emit: 'account.paused', body: { at, account: id, reason, until: null } },
      ...(wantsPerson(before.pause)
        ? [{ emit: 'alert.cleared' as const, body: cleared(ALERTS.accountPaused, id, new Date(now)) }]
        : []),
    ],
  }
}

/** The platform's own word, which stands as an alert. */
const wantsPerson = (pause: Pause | null): boolean => pause?.by === 'holder' && pause.until === null

/** An operator's pause stands over a holder's shorter one; the platform's "wants a person" stands over everything. */
const stronger = (before: Pause | null, next: Pause, now: Millis): Pause => {
  if (before === null || (before.until ?? Infinity) <= now) return next
  if (before.by === 'holder' && before.until === null) return before
  return next.by === 'holder' && (next.until ?? Infinity) < (before.until ?? Infinity) ? before : next
}

export const decidePause = (
  tables: Tables,
  id: AccountId,
  next: Pause,
  now: Millis,
  said?: string,
): Decision<Told | Refused> => {
  const account = present(tables, id)
  if (account === null) return notHere(id)
  if (isStale(said, account.said)) return nothing(told)
  const pause = stronger(account.pause, next, now)
  if (pause === account.pause) return nothing(told)
  const until = pause.until === null ? null : instant(pause.until)
  return {
    answer: told,
    writes: [
      { put: 'account', account: { ...account, pause, said: said ?? account.said } },
      { emit: 'account.paused', body: { at: instant(now), account: id, reason: pause.reason, until } },
      ...(next.by === 'holder' && next.until === null
        ? [
            {
              emit: 'alert.raised' as const,
              body: raised(
                ALERTS.accountPaused,
                `The platform wants a person for ${id}: ${next.reason}.`,
                id,
                new Date(now),
              ),
            },
          ]
        : []),
    ],
  }
}

export const decideResume = (
  tables: Tables,
  id: AccountId,
  by: string,
  now: Millis,
  said?: string,
): Decision<Told | Refused> => {
  const account = present(tables, id)
  if (account === null) return notHere(id)
  if (isStale(said, account.said)) return nothing(told)
  return {
    answer: told,
    writes: [
      { put: 'account', account: { ...account, pause: null, said: said ?? account.said } },
      { emit: 'account.resumed', body: { at: instant(now), account: id, by } },
      ...(wantsPerson(account.pause)
        ? [{ emit: 'alert.cleared' as const, body: cleared(ALERTS.accountPaused, id, new Date(now)) }]
        : []),
    ],
  }
}

/** While it is on nothing is begun anywhere on this shard; what was begun is still reconciled. */
export const decideKillSwitch = (tables: Tables, killSwitch: KillSwitch, now: Millis): Decision<Told> => {
  if (isStale(killSwitch.said, tables.ledger().killSwitch.said)) return nothing(told)
  const what = `The kill switch is on (${killSwitch.by}: ${killSwitch.reason}).`
  return {
    answer: told,
    writes: [
      { put: 'kill_switch', killSwitch },
      killSwitch.on
        ? { emit: 'alert.raised', body: raised(ALERTS.killSwitch, what, '', new Date(now)) }
        : { emit: 'alert.cleared', body: cleared(ALERTS.killSwitch, '', new Date(now)) },
    ],
  }
}
