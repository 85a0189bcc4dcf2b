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
  const account: Account = { pause: null, fence: 0, ...before, config }
  return {
    answer: told,
    writes: [
      { put: 'account', account },
      { emit: 'account.configured', body: { at: instant(now), config } },
    ],
  }
}

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
  const account = tables.account(id)
  if (account === null) return refuse('unknown_account', `The account ${id} is not configured here.`)
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
  const account = tables.account(id)
  if (account === null) return refuse('unknown_account', `The account ${id} is not configured here.`)
  if (isStale(said, account.said)) return nothing(told)
  const wanted = account.pause?.by === 'holder' && account.pause.until === null
  return {
    answer: told,
    writes: [
      { put: 'account', account: { ...account, pause: null, said: said ?? account.said } },
      { emit: 'account.resumed', body: { at: instant(now), account: id, by } },
      ...(wanted ? [{ emit: 'alert.cleared' as const, body: cleared(ALERTS.accountPaused, id, new Date(now)) }] : []),
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
