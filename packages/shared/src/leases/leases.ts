import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import { LEASE_REQUESTS, LeaseAnswer, SessionHandout, newId, shardOf } from '../contracts/index.ts'
import { UnavailableError } from '../errors/index.ts'
import type { Bus } from '../messaging/types.ts'
import { within } from '../runtime/deadline.ts'
import { traced } from '../telemetry/spans.ts'
import { brokerTroubles } from './broker-health.ts'
import { openBrowser } from './browser.ts'
import { openControl } from './control.ts'
import { leaseOf } from './lease.ts'
import type { Lease, LeaseRefusal, LeaseRequest, Leases } from './types.ts'

export interface LeasesOptions {
  readonly bus: Pick<Bus, 'inbox' | 'request' | 'takers' | 'trouble'>
  readonly shards: number
  readonly log: Logger
  /** Said in every request instead of the installed version (tests). */
  readonly playwrightVersion?: string
}

type Grant = Extract<LeaseAnswer, { answer: 'granted' }>
type Verdict = Exclude<LeaseAnswer, { answer: 'waiting' }>

/** The broker answers at `startBy` at the latest; this covers its answer's way. */
const ANSWER_WAY_MS = 2_000
const ASK_AGAIN_MS = 1_000

const installed = (): string =>
  (createRequire(import.meta.url)('playwright/package.json') as { version: string }).version

/**
 * The way to leases of browser contexts. Each request has an inbox of its own: withdrawing it (at `startBy`, or when
 * `signal` is aborted) removes the inbox, so that a grant that is on its way comes back to the broker as undeliverable
 * and the slot goes to the next in line.
 */
export const connectLeases = async (options: LeasesOptions): Promise<Leases> => {
  const { shards, log } = options
  const version = options.playwrightVersion ?? installed()
  const closing = new AbortController()
  const living = new Set<Lease>()

  const claim = async (request: LeaseRequest, grant: Grant, signal: AbortSignal): Promise<Lease> => {
    const control = await openControl(grant.control, grant.token, signal)
    try {
      const asking = control.ask({ op: 'session' }, SessionHandout)
      const browser = await openBrowser(grant, asking, AbortSignal.any([signal, control.lost]))
      const session = await asking
      const parts = { account: request.account, class: request.class, grant, session, control, browser, log }
      const lease: Lease = leaseOf({ ...parts, onEnd: () => void living.delete(lease) })
      living.add(lease)
      return lease
    } catch (error) {
      control.close()
      throw error
    }
  }

  return {
    async acquire(request) {
      const signal = AbortSignal.any([request.signal, closing.signal])
      signal.throwIfAborted()
      const { account } = request
      const wait = { name: `lease ${request.class}`, ids: { account } }
      const answer = await traced(wait, () => ask(options, request, version, shardOf(account, shards), signal))
      if (answer === null) return withdrawn()
      if (answer.answer === 'refused')
        return { granted: false, reason: answer.reason, retryAt: new Date(answer.retryAt), detail: answer.detail }
      const { leaseId } = answer
      return traced({ name: 'claim lease', ids: { account, leaseId } }, () => claim(request, answer, signal))
    },
    health: () => brokerTroubles(options.bus, shards),
    async [Symbol.asyncDispose]() {
      closing.abort(new UnavailableError('browser-broker', 'The lease client is being closed.'))
      await Promise.all([...living].map((lease) => lease[Symbol.asyncDispose]()))
    },
  }
}

const withdrawn = (): LeaseRefusal => ({
  granted: false,
  reason: 'deadline',
  retryAt: new Date(Date.now() + ASK_AGAIN_MS),
  detail: 'The browser-broker gave no answer in time; the request is withdrawn.',
})

/**
 * Send one request and wait for its answer.
 * @returns null when none came by `startBy`
 * @throws UnavailableError when it could not even be asked
 */
const ask = async (
  { bus }: LeasesOptions,
  { account, class: leaseClass, startBy, action }: LeaseRequest,
  playwright: string,
  shard: number,
  signal: AbortSignal,
): Promise<Verdict | null> => {
  const requestId = newId()
  const answered = Promise.withResolvers<Verdict | null>()
  const deadline = startBy.getTime() + ANSWER_WAY_MS
  const receive = (body: unknown, correlationId: string): void => {
    const answer = LeaseAnswer.safeParse(body)
    if (correlationId !== requestId || !answer.success || answer.data.answer === 'waiting') return
    answered.resolve(answer.data)
  }
  await using inbox = await inboxWithin(bus, receive, deadline, signal)
  const wanted = action === undefined ? {} : { action }
  const body = { requestId, account, class: leaseClass, startBy: startBy.toISOString(), playwright, ...wanted }
  // The three contracts differ in the literal of their class only.
  const contract = LEASE_REQUESTS[leaseClass] as (typeof LEASE_REQUESTS)['act']
  const options = { replyTo: inbox.queue, correlationId: requestId, shard, signal }
  await within(bus.request(contract, body as never, options), untilOf(deadline), notAsked, signal)
  const timer = setTimeout(() => answered.resolve(null), untilOf(deadline))
  signal.addEventListener('abort', () => answered.reject(signal.reason), { once: true })
  try {
    // Awaited here: the inbox lives as long as this block.
    return await answered.promise
  } finally {
    clearTimeout(timer)
  }
}

const untilOf = (deadline: number): number => Math.max(1, deadline - Date.now())

const notAsked = (): Error =>
  new UnavailableError('browser-broker', 'RabbitMQ did not take a lease request in time; the request is withdrawn.')

/** An inbox by the deadline; one that comes later is removed again. */
const inboxWithin = async (
  bus: LeasesOptions['bus'],
  receive: (body: unknown, correlationId: string) => void,
  deadline: number,
  signal: AbortSignal,
): ReturnType<Bus['inbox']> => {
  const opening = bus.inbox(receive)
  try {
    return await within(opening, untilOf(deadline), notAsked, signal)
  } catch (error) {
    void opening.then((inbox) => inbox[Symbol.asyncDispose]()).catch(() => {})
    throw error
  }
}
