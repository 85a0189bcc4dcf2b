import type { AccountId } from '../contracts/index.ts'
import { within } from '../runtime/deadline.ts'
import type { Lease, LeaseRefusal, LeaseRequest, Leases } from './types.ts'

/** So long after its grant a lease is handed on; then it ends, and whoever waits for its slot at the broker has a turn. */
const HAND_ON_MS = 10_000
const CLOSE_MS = 2_000
const ASK_AGAIN_MS = 1_000

/** A lease, and since when it is here. */
interface Held {
  readonly lease: Lease
  readonly since: number
}

/** Wakes one who waits: with the lease, or to ask for one. */
type Wake = (held: Held | undefined) => void

/**
 * `act` leases that go from one piece of work to the next of the same account while both are in this process, which spares the
 * second one asking, a browser's context and the way to it. Handed on is only what ended well: nothing tainted, nothing lost, no
 * page left open. So the next one finds what a new lease would give it; the ledger is asked for every action as before, and
 * whatever ends a lease ends it for the one who has it then.
 */
export const relayLeases = (leases: Leases, now: () => number = Date.now): Leases => {
  /** Who waits here, by account. An account without a line has no lease here, and nobody asks for one. */
  const lines = new Map<AccountId, Wake[]>()

  const wakeNext = (account: AccountId, held?: Held): void => {
    const next = lines.get(account)?.shift()
    if (next === undefined) lines.delete(account)
    else next(held)
  }
  const isWanted = ({ lease, since }: Held): boolean =>
    !lease.signal.aborted && now() - since < HAND_ON_MS && (lines.get(lease.account)?.length ?? 0) > 0
  const end = async (held: Held, clean: boolean): Promise<void> => {
    const { lease } = held
    if (clean && isWanted(held) && (await hasNoPages(lease)) && isWanted(held)) return wakeNext(lease.account, held)
    if (!clean) lease.taint()
    try {
      await lease[Symbol.asyncDispose]()
    } finally {
      wakeNext(lease.account)
    }
  }
  const ask = async (request: LeaseRequest): Promise<Lease | LeaseRefusal> => {
    let granted = false
    try {
      const answer = await leases.acquire(request)
      granted = answer.granted
      return answer.granted ? relayed({ lease: answer, since: now() }, end) : answer
    } finally {
      if (!granted) wakeNext(request.account)
    }
  }
  const passOn = (account: AccountId, held: Held | undefined): Promise<void> | void =>
    held === undefined ? wakeNext(account) : end(held, true)
  /** Stand in line here: for the lease itself, or for the turn to ask for one. */
  const stand = async (
    line: Wake[],
    { account, startBy, signal }: LeaseRequest,
  ): Promise<Held | undefined | 'late'> => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<Held | undefined>()
    const late = new Error('Nothing came in time.')
    line.push(wake)
    try {
      return await within(woken, Math.max(0, startBy.getTime() - now()), () => late, signal)
    } catch (error) {
      const place = line.indexOf(wake)
      // Woken in the moment of giving up, it keeps nothing.
      if (place === -1) await passOn(account, await woken)
      else line.splice(place, 1)
      if (error === late) return 'late'
      throw error
    }
  }

  return {
    async acquire(request) {
      if (request.class !== 'act') return leases.acquire(request)
      const line = lines.get(request.account)
      if (line === undefined) lines.set(request.account, [])
      const turn = line === undefined ? undefined : await stand(line, request)
      if (turn === 'late') return waitedInVain(now())
      return turn === undefined ? ask(request) : relayed(turn, end)
    },
    health: () => leases.health(),
    [Symbol.asyncDispose]: () => leases[Symbol.asyncDispose](),
  }
}

const waitedInVain = (now: number): LeaseRefusal => ({
  granted: false,
  reason: 'deadline',
  retryAt: new Date(now + ASK_AGAIN_MS),
  detail: 'Other work of this account had its lease until then.',
})

/** Close what the work before left open; whether nothing is. */
const hasNoPages = async ({ context }: Lease): Promise<boolean> => {
  const close = Promise.all(context.pages().map((page) => page.close()))
  try {
    await within(close, CLOSE_MS, () => new Error('A page did not close in time.'))
    return context.pages().length === 0
  } catch {
    return false
  }
}

/** The lease as one has it who does not know of the others. */
const relayed = (held: Held, end: (held: Held, clean: boolean) => Promise<void>): Lease => {
  const { lease } = held
  let tainted = false
  let ended: Promise<void> | undefined
  return {
    ...lease,
    get expiresAt() {
      return lease.expiresAt
    },
    unknown(action, attempt, reason) {
      tainted = true
      return lease.unknown(action, attempt, reason)
    },
    pauseAccount(reason, until) {
      tainted = true
      return lease.pauseAccount(reason, until)
    },
    taint: () => void (tainted = true),
    [Symbol.asyncDispose]: () => (ended ??= end(held, !tainted)),
  }
}
