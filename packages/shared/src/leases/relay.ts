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

/** Who waits here for an account's lease. An account without a line has no lease here, and nobody asks for one. */
const openLines = () => {
  const lines = new Map<AccountId, Wake[]>()
  const wakeNext = (account: AccountId, held?: Held): void => {
    const next = lines.get(account)?.shift()
    if (next === undefined) lines.delete(account)
    else next(held)
  }
  /** Stand in line: for the lease itself, or for the turn to ask for one. @param keepNot what to do with what came too late */
  const stand = async (
    line: Wake[],
    { startBy, signal }: LeaseRequest,
    now: number,
    keepNot: (held: Held | undefined) => Promise<void> | void,
  ): Promise<Held | undefined | 'late'> => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<Held | undefined>()
    const late = new Error('Nothing came in time.')
    line.push(wake)
    try {
      return await within(woken, Math.max(0, startBy.getTime() - now), () => late, signal)
    } catch (error) {
      const place = line.indexOf(wake)
      // Woken in the moment of giving up, it keeps nothing.
      if (place === -1) await keepNot(await woken)
      else line.splice(place, 1)
      if (error === late) return 'late'
      throw error
    }
  }
  return {
    wakeNext,
    stand,
    isStoodIn: (account: AccountId): boolean => (lines.get(account)?.length ?? 0) > 0,
    /** The line of the account, if there is one; there is from now on. */
    join: (account: AccountId): Wake[] | undefined => {
      const line = lines.get(account)
      if (line === undefined) lines.set(account, [])
      return line
    },
  }
}

/**
 * `act` leases that go from one piece of work to the next of the same account while both are in this process, which spares the
 * second one asking, a browser's context and the way to it. Handed on is only what ended well: nothing tainted, nothing lost, no
 * page left open. So the next one finds what a new lease would give it; the ledger is asked for every action as before, and
 * whatever ends a lease ends it for the one who has it then.
 */
export const relayLeases = (leases: Leases, now: () => number = Date.now): Leases => {
  const lines = openLines()
  const isWanted = ({ lease, since }: Held): boolean =>
    !lease.signal.aborted && now() - since < HAND_ON_MS && lines.isStoodIn(lease.account)
  const end = async (held: Held, clean: boolean): Promise<void> => {
    const { lease } = held
    if (clean && isWanted(held) && (await hasNoPages(lease)) && isWanted(held))
      return lines.wakeNext(lease.account, held)
    if (!clean) lease.taint()
    try {
      await lease[Symbol.asyncDispose]()
    } finally {
      lines.wakeNext(lease.account)
    }
  }
  const ask = async (request: LeaseRequest): Promise<Lease | LeaseRefusal> => {
    let granted = false
    try {
      const answer = await leases.acquire(request)
      granted = answer.granted
      return answer.granted ? relayed({ lease: answer, since: now() }, end) : answer
    } finally {
      if (!granted) lines.wakeNext(request.account)
    }
  }
  return {
    async acquire(request) {
      const { account } = request
      if (request.class !== 'act') return leases.acquire(request)
      const line = lines.join(account)
      const passOn = (held: Held | undefined) => (held === undefined ? lines.wakeNext(account) : end(held, true))
      const turn = line === undefined ? undefined : await lines.stand(line, request, now(), passOn)
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
