import { hostname } from 'node:os'
import { readFileSync, readlinkSync } from 'node:fs'
import { type AccountId, type KillSwitch, type LedgerMark, newId } from '@surepost/shared/contracts'
import { knowsOptOuts } from './decide-optout.ts'
import { goneSince, isBehind, isOutdated, reborn } from './decide-start.ts'
import type { Account, Action, LeaseRecord, Millis, Spend } from './model.ts'
import { DAY, HOUR, type Policy } from './policy.ts'
import type { Store } from './store.ts'

/** One row of the outbox: a fact or a command, to be published under this message id until it is confirmed. */
export interface Parcel {
  readonly seq: number
  readonly id: string
  readonly kind: 'fact' | 'command'
  readonly type: string
  readonly body: unknown
  /** The trace in which it was written, if spans were recorded. */
  readonly traceparent: string | null
}

export interface AccountOverview {
  readonly config: Account['config']
  readonly paused: { readonly reason: string; readonly until: string | null } | null
  readonly session: 'ready' | 'none'
  /** Creates that count against the budgets now. */
  readonly used: Readonly<Record<'post' | 'reply', { readonly lastHour: number; readonly lastDay: number }>>
}

interface Care {
  readonly store: Store
  readonly now: Millis
  readonly policy: Policy
}

const readOr = (read: () => string, otherwise: string): string => {
  try {
    return read().trim()
  } catch {
    return otherwise
  }
}

/**
 * Where and in which boot this process runs: host name, the kernel's boot id and the process namespace. Only when all
 * are the same were the old broker's browsers visible to the sweep at start, and are known to be gone after it.
 */
const placeOf = (): string =>
  [
    hostname(),
    readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'), newId()),
    readOr(() => readlinkSync('/proc/self/ns/pid'), 'no-namespaces'),
  ].join(' ')

/**
 * After a start: end every lease that an earlier process left open. Its browsers are gone since now where this process
 * could see that (they were swept), and otherwise at the lease's absolute expiry.
 * @returns how many leases were ended
 */
const recover = ({ store, now }: Care): number => {
  const place = placeOf()
  const same = store.meta('place') === place
  const rows = store.db.prepare('select doc from leases where ended_at is null').all() as { doc: string }[]
  for (const { doc } of rows) {
    const lease = JSON.parse(doc) as LeaseRecord
    const at = goneSince(lease, same, now)
    store.perform('leaseEnded', [lease.leaseId, at, 'the browser-broker was restarted'], now)
  }
  store.setMeta('place', place)
  return rows.length
}

/** A restored backup is as good as lost: it begins anew under another name, and asks the platform about all that is older. */
const rebirth = ({ store, now, policy }: Care): string => {
  const id = newId()
  store.setMeta('id', id)
  store.setMeta('birth', String(now))
  const rows = store.db
    .prepare(`select rowid, doc from actions where state in ('open', 'unknown')`)
    .all() as unknown as { rowid: number; doc: string }[]
  const update = store.db.prepare('update actions set doc = ? where rowid = ?')
  for (const { rowid, doc } of rows) update.run(JSON.stringify(reborn(JSON.parse(doc) as Action, now, policy)), rowid)
  return id
}

/**
 * Hear the mark of a fact that comes back: a ledger that said it with a higher number than it knows of is a restored
 * backup. @returns the new name after a rebirth, null when all is well
 */
const hear = (care: Care, ledger: LedgerMark): string | null =>
  isBehind({ id: care.store.tables.ledger().id, seq: care.store.seq() }, ledger) ? rebirth(care) : null

/** How far this ledger has got, as it is kept beside it for whoever starts next. */
export interface Standing {
  readonly id: string
  readonly seq: number
  readonly killSwitch: KillSwitch
}

const standing = ({ store }: Care): Standing => {
  const { id, killSwitch } = store.tables.ledger()
  return { id, seq: store.seq(), killSwitch }
}

/**
 * At its start a ledger hears how far the ledger of its shard had got. One that is behind begins anew; the kill switch
 * stays as it was said last. @returns the new name after a rebirth, null when all is well
 */
const start = (care: Care, said: Standing | undefined): string | null => {
  if (!isOutdated(standing(care), said)) return null
  const id = rebirth(care)
  if (said !== undefined && said.killSwitch.on !== standing(care).killSwitch.on)
    care.store.perform('killSwitch', [said.killSwitch], care.now)
  return id
}

/** Parcels not yet confirmed, in order. */
const outbox = ({ store }: Care, limit: number): Parcel[] => {
  const rows = store.db
    .prepare(
      'select seq, id, kind, type, body, traceparent from outbox left join traces using (seq) order by seq limit ?',
    )
    .all(limit) as unknown as (Omit<Parcel, 'body'> & { body: string })[]
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as unknown }))
}

const confirmed = ({ store }: Care, seqs: readonly number[]): void => {
  const remove = store.db.prepare('delete from outbox where seq = ?')
  const forget = store.db.prepare('delete from traces where seq = ?')
  for (const seq of seqs) {
    remove.run(seq)
    forget.run(seq)
  }
}

/** A holder that ends after its account was removed brings no session back. */
const putSession = ({ store, now }: Care, account: AccountId, sealed: Uint8Array): void => {
  if (store.tables.account(account)?.removedAt !== undefined) return
  store.db.prepare('insert or replace into sessions values (?, ?, ?)').run(account, sealed, now)
}

const session = ({ store }: Care, account: AccountId): Uint8Array | null =>
  (store.db.prepare('select sealed from sessions where account = ?').get(account) as { sealed: Uint8Array } | undefined)
    ?.sealed ?? null

/** The name under which this ledger is to be told who wants no answers; null when it knows. */
const untold = ({ store }: Care): string | null => (knowsOptOuts(store.tables) ? null : store.tables.ledger().id)

const usedOf = (spends: readonly Spend[], now: Millis) => {
  const since = (age: Millis): number => spends.filter((s) => (s.clickedBy ?? now) > now - age).length
  return { lastHour: since(HOUR), lastDay: since(DAY) }
}

const accounts = ({ store, now }: Care): AccountOverview[] => {
  const rows = store.db.prepare('select doc from accounts order by id').all() as { doc: string }[]
  const known = rows.map(({ doc }) => JSON.parse(doc) as Account).filter(({ removedAt }) => removedAt === undefined)
  return known.map(({ config, pause }) => {
    const active = pause !== null && (pause.until ?? Infinity) > now ? pause : null
    return {
      config,
      paused: active && {
        reason: active.reason,
        until: active.until === null ? null : new Date(active.until).toISOString(),
      },
      session: store.tables.hasSession(config.id) ? 'ready' : 'none',
      used: {
        post: usedOf(store.tables.spends(config.id, 'post', now), now),
        reply: usedOf(store.tables.spends(config.id, 'reply', now), now),
      },
    }
  })
}

/**
 * Forget what can matter no more. Actions outlive their `notAfter` by `keepMs` (a replay of an older command is refused
 * by its own `notAfter`); what is open or unknown is never forgotten.
 */
const prune = ({ store, now, policy }: Care): void => {
  const old = now - policy.keepMs
  const run = (sql: string, ...values: number[]): void => void store.db.prepare(sql).run(...values)
  run(`delete from actions where state in ('done', 'aborted') and not_after < ? and begun_at < ?`, old, old)
  run(
    `delete from spends where (clicked_by is not null or state = 'reserved') and coalesce(clicked_by, at) < ?`,
    now - 2 * DAY,
  )
  run('delete from appointments where at < ?', now - HOUR)
  run('delete from leases where ended_at < ?', now - DAY)
  run('delete from revocations where at < ?', now - 400 * DAY)
  run(
    'delete from commands where not exists (select 1 from actions a where a.post_id = commands.post_id and a.revision = commands.revision)',
  )
}

export interface LedgerStatus {
  readonly id: string
  readonly birth: Millis
  readonly seq: number
  /** Facts and commands that RabbitMQ has not confirmed yet. */
  readonly outbox: number
  readonly unsettled: number
}

const status = ({ store }: Care): LedgerStatus => {
  const count = (sql: string): number => (store.db.prepare(sql).get() as { n: number }).n
  return {
    id: store.tables.ledger().id,
    birth: store.tables.ledger().birth,
    seq: store.seq(),
    outbox: count('select count(*) n from outbox'),
    unsettled: count(`select count(*) n from actions where state in ('open', 'unknown')`),
  }
}

/** What is done to the ledger besides deciding. Each runs inside a transaction of the store. */
export const UPKEEP = {
  recover,
  start,
  hear,
  standing,
  outbox,
  confirmed,
  putSession,
  session,
  untold,
  accounts,
  prune,
  status,
}

export type Upkeep = typeof UPKEEP
export type UpkeepName = keyof Upkeep
type Rest<T> = T extends [Care, ...infer R] ? R : never
export type UpkeepArguments<N extends UpkeepName> = Rest<Parameters<Upkeep[N]>>
export type UpkeepAnswer<N extends UpkeepName> = ReturnType<Upkeep[N]>
