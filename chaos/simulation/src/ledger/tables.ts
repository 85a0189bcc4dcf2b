import type { PlatformId } from '@surepost/shared/contracts'
import type { Action } from '../../../../services/browser-broker/src/ledger/model.ts'
import { DAY } from '../../../../services/browser-broker/src/ledger/policy.ts'
import type { Tables } from '../../../../services/browser-broker/src/ledger/views.ts'
import { type Rows, commandKey } from './rows.ts'

const NONE: readonly Action[] = []
const MOST_TAKEN = 1_000
const MOST_APPOINTMENTS = 200
const MOST_SILENT = 100
const MOST_WORDLESS = 100

const isUnsettled = ({ state }: Action): boolean => state === 'open' || state === 'unknown'

/** Every action that fits, in no order. */
const select = (rows: Rows, fits: (action: Action) => boolean): Action[] => {
  const found: Action[] = []
  for (const actions of rows.actions.values()) for (const action of actions) if (fits(action)) found.push(action)
  return found
}

const some = (rows: Rows, fits: (action: Action) => boolean): boolean => {
  for (const actions of rows.actions.values()) for (const action of actions) if (fits(action)) return true
  return false
}

/** What the ledger's decisions read, over rows in memory. No test holds it to what SQLite answers yet. */
export const memoryTables = (current: () => Rows): Tables => ({
  ledger: () => current(),
  post: (postId) => {
    const rows = current()
    return { actions: rows.actions.get(postId) ?? NONE, revocation: rows.revocations.get(postId) ?? null }
  },
  account: (id) => current().accounts.get(id) ?? null,
  lease: (id) => current().leases.get(id) ?? null,
  spends: (account, kind, now) =>
    current().spends.filter(
      (s) =>
        s.account === account &&
        s.kind === kind &&
        (s.clickedBy === null ? s.state === 'spent' || s.at > now - DAY : s.clickedBy > now - DAY),
    ),
  appointments: (account, kind, now) =>
    [...current().appointments.values()]
      .filter((a) => a.account === account && a.kind === kind && a.at > now)
      .sort((a, b) => a.at - b.at)
      .slice(0, MOST_APPOINTMENTS),
  appointment: (postId) => current().appointments.get(postId) ?? null,
  sameText: (account, textHash, since, except) =>
    select(
      current(),
      (a) =>
        a.account === account &&
        a.textHash === textHash &&
        a.begunAt > since &&
        a.state !== 'aborted' &&
        a.postId !== except,
    ).sort((a, b) => b.begunAt - a.begunAt)[0] ?? null,
  unsettledWordless: (account, except) =>
    select(current(), (a) => a.account === account && isUnsettled(a) && a.textHash === null && a.postId !== except)
      .sort((a, b) => b.begunAt - a.begunAt)
      .slice(0, MOST_WORDLESS),
  sameTextElsewhere: (account, textHash, since) =>
    select(
      current(),
      (a) => a.account !== account && a.textHash === textHash && a.begunAt > since && a.state !== 'aborted',
    ).sort((a, b) => b.begunAt - a.begunAt)[0] ?? null,
  optedOut: (platform, person) => current().optedOut.has(`${platform} ${person}`),
  // Answering is not in the model: this ledger knows of everybody.
  optOutsTold: () => ({ ledgerId: current().id, through: null, whole: true }),
  taken: (account, since, except) =>
    select(
      current(),
      (a) =>
        a.account === account &&
        a.state === 'done' &&
        (a.publishedAt ?? -1) >= since &&
        !(a.postId === except.postId && a.revision === except.revision && a.segment === except.segment),
    )
      .sort((a, b) => (b.publishedAt ?? 0) - (a.publishedAt ?? 0))
      .slice(0, MOST_TAKEN)
      .map((a) => a.platformId)
      .filter((id): id is PlatformId => id !== null),
  ownerOf: (account, platformId) =>
    select(current(), (a) => a.account === account && a.platformId === platformId)[0] ?? null,
  unsettledOf: (leaseId) => select(current(), (a) => a.leaseId === leaseId && a.quietSince === null && isUnsettled(a)),
  unsettled: (account) => some(current(), (a) => a.account === account && isUnsettled(a)),
  hasSession: (account) => current().sessions.has(account),
  silent: (since, maxResends) => {
    const rows = current()
    const living = (leaseId: string | null): boolean => leaseId !== null && rows.leases.get(leaseId)?.endedAt === null
    return select(rows, (a) => isUnsettled(a) && a.touchedAt < since && a.resends < maxResends && !living(a.leaseId))
      .sort((a, b) => a.touchedAt - b.touchedAt)
      .slice(0, MOST_SILENT)
  },
  command: (postId, revision) => current().commands.get(commandKey(postId, revision)) ?? null,
})
