import type { Logger } from 'pino'
import { z } from 'zod'
import {
  type AccountId,
  BeginAnswer,
  DeleteAnswer,
  Instant,
  type ActionKey,
  type LeaseAnswer,
  type LeaseClass,
  type SessionHandout,
} from '../contracts/index.ts'
import { messageOf } from '../errors/index.ts'
import type { LeasedBrowser } from './browser.ts'
import type { Control } from './control.ts'
import type { Lease } from './types.ts'

export interface LeaseParts {
  readonly account: AccountId
  readonly class: LeaseClass
  readonly grant: Extract<LeaseAnswer, { answer: 'granted' }>
  readonly session: SessionHandout
  readonly control: Control
  readonly browser: LeasedBrowser
  readonly log: Logger
  readonly onEnd: () => void
}

const Told = z.unknown()
const keyOf = ({ postId, revision, segment }: ActionKey): ActionKey => ({ postId, revision, segment })

type LedgerCalls = 'begin' | 'complete' | 'abort' | 'unknown' | 'absent' | 'beginDelete' | 'deleted' | 'pauseAccount'

/** What the ledger can be asked and told over the control socket. */
const ledgerOver = (control: Control): Pick<Lease, LedgerCalls> => ({
  begin: (action) => control.ask({ op: 'begin', action }, BeginAnswer),
  async complete(action, attempt, { platformId, url, publishedAt, source }) {
    const published = { platformId, url, source, publishedAt: publishedAt.toISOString() }
    await control.ask({ op: 'complete', action: keyOf(action), attempt, ...published }, Told)
  },
  async abort(action, attempt, reason) {
    await control.ask({ op: 'abort', action: keyOf(action), attempt, reason }, Told)
  },
  async unknown(action, attempt, reason) {
    await control.ask({ op: 'unknown', action: keyOf(action), attempt, reason }, Told)
  },
  absent: (action, attempt, beganAt) =>
    control.ask({ op: 'absent', action: keyOf(action), attempt, readingBeganAt: beganAt.toISOString() }, BeginAnswer),
  beginDelete: (deletion) => control.ask({ op: 'begin_delete', deletion }, DeleteAnswer),
  async deleted(deletion) {
    await control.ask({ op: 'deleted', deletion }, Told)
  },
  async pauseAccount(reason, until) {
    await control.ask({ op: 'pause_account', reason, until: until?.toISOString() ?? null }, Told)
  },
})

/** Say goodbye, with the rotated cookies of a clean `act` lease, then let go of everything. Does not throw. */
const release = async (parts: LeaseParts, clean: boolean): Promise<void> => {
  const { control, browser, grant, log } = parts
  try {
    if (control.lost.aborted) return
    const storageState = clean && parts.class === 'act' ? await browser.storageState() : undefined
    const rotated = storageState === undefined ? {} : { storageState }
    await control.ask({ op: 'release', outcome: clean ? 'clean' : 'failed', ...rotated }, Told)
  } catch (error) {
    // Closing the socket ends the lease as well; only the cookies' rotation is lost.
    log.warn({ leaseId: grant.leaseId, err: messageOf(error) }, 'a lease could not be released; its end will be seen')
  } finally {
    control.close()
    await browser.close()
    parts.onEnd()
  }
}

/** A claimed lease: the context, and the ledger behind the control socket. */
export const leaseOf = (parts: LeaseParts): Lease => {
  const { grant, session, control, browser } = parts
  const ledger = ledgerOver(control)
  let expiresAt = new Date(grant.expiresAt)
  let tainted = false
  let ended: Promise<void> | undefined
  return {
    ...ledger,
    granted: true,
    id: grant.leaseId,
    account: parts.account,
    platform: session.platform,
    handle: session.handle,
    fence: grant.fence,
    get expiresAt() {
      return expiresAt
    },
    signal: control.lost,
    yielding: control.yielding,
    context: browser.context,
    newPage: () => browser.newPage(),
    async unknown(action, attempt, reason) {
      tainted = true
      await ledger.unknown(action, attempt, reason)
    },
    async renew() {
      const answer = await control.ask({ op: 'renew' }, z.object({ expiresAt: Instant }))
      expiresAt = new Date(answer.expiresAt)
      return expiresAt
    },
    async pauseAccount(reason, until) {
      // The platform has turned against this session: it must not take the place of a new one.
      tainted = true
      await ledger.pauseAccount(reason, until)
    },
    taint: () => void (tainted = true),
    [Symbol.asyncDispose]: () => (ended ??= release(parts, !tainted)),
  }
}
