import type { LeaseAnswer } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { type Bus, UnroutableError } from '@surepost/shared/messaging'
import { counter, histogram } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { BrowserPool } from '../browsers/pool.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type Holding, openHolding } from './holding.ts'
import type { LiveLease } from './lease.ts'
import { type InLine, type Line, type Refusal, type Served, openLine } from './line.ts'
import { openMeans } from './means.ts'
import { type Limits, decideGrants } from './schedule.ts'

export interface DeskPorts {
  readonly bus: Pick<Bus, 'reply'>
  readonly ledger: Ledger
  readonly pool: BrowserPool
  readonly log: Logger
  /** Where holders reach the proxy: `ws://host:port`. */
  readonly publicUrl: string
}

export interface DeskLimits extends Omit<Limits, 'meanMs'> {
  readonly claimMs: number
}

/** The desk where leases are asked for and granted. */
export interface Desk extends AsyncDisposable {
  readonly line: Line
  readonly holding: Holding
  readonly slots: number
  /** Put a request in line. Resolves when it was answered; with `gone` when its message must be handed back. */
  receive(request: InLine, signal: AbortSignal): Promise<Served>
  refuse(request: InLine, refusal: Refusal): Promise<void>
  /** Grant no more: what is in line is handed back. */
  close(): void
}

const MOST_FAILURES = 3
const RETRY_MS = 5_000

export const openDesk = (ports: DeskPorts, limits: DeskLimits): Desk => {
  const { bus, ledger, log } = ports
  const line = openLine()
  const means = openMeans()
  const waited = histogram('surepost_lease_wait_seconds', 'How long granted requests waited.', ['class'])
  const refusals = counter('surepost_lease_refusals_total', 'Lease requests refused.', ['class', 'reason'])
  let open = true
  let scheduled = false
  let timer: NodeJS.Timeout | undefined

  /** Decide once for everything that happened in this turn of the event loop. */
  const schedule = (): void => {
    if (scheduled || !open) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      if (open) pump()
    })
  }
  const onClosed = (leaseClass: InLine['class'], ms: number | null): void => {
    if (ms !== null) means.add(leaseClass, ms)
    schedule()
  }
  const holding = openHolding({ ledger, pool: ports.pool, log, claimMs: limits.claimMs, onClosed })

  const pump = (): void => {
    const now = Date.now()
    const decided = decideGrants({ waiting: line.waiting, held: holding.held }, now, {
      ...limits,
      meanMs: means.current,
    })
    for (const refusal of decided.refusals) {
      const request = line.take(refusal.requestId)
      if (request !== undefined) void refuse(request, refusal)
    }
    for (const requestId of decided.grants) {
      const request = line.take(requestId)
      if (request !== undefined) void grant(request)
    }
    clearTimeout(timer)
    if (decided.decideAgainAt !== null) timer = setTimeout(schedule, Math.max(1, decided.decideAgainAt - now))
  }

  /** @returns false when the asker is gone or cannot be reached: the message is settled all the same */
  const answer = async (request: InLine, body: LeaseAnswer): Promise<boolean> => {
    try {
      await bus.reply(request.replyTo, body)
      return true
    } catch (error) {
      const { requestId, account } = request
      if (error instanceof UnroutableError) log.info({ requestId, account }, 'the asker is gone')
      else log.warn({ requestId, account, err: messageOf(error) }, 'the asker could not be answered')
      return false
    } finally {
      request.served.resolve('answered')
    }
  }
  const refuse = async (request: InLine, { reason, retryAt, detail }: Refusal): Promise<void> => {
    const { requestId, account, class: leaseClass } = request
    refusals.inc({ class: leaseClass, reason })
    log.info({ requestId, account, class: leaseClass, reason }, 'lease refused')
    await answer(request, { answer: 'refused', requestId, reason, retryAt: new Date(retryAt).toISOString(), detail })
  }

  const grant = async (request: InLine): Promise<void> => {
    const lease = holding.reserve(request.account, request.class)
    try {
      const denied = await holding.equip(lease)
      if (denied === null) await offer(request, lease)
      else await refuse(request, { reason: denied.denied, retryAt: denied.retryAt, detail: denied.detail })
    } catch (error) {
      log.error({ err: messageOf(error), account: request.account }, 'a lease could not be granted')
      void holding.end(lease, 'no_browser')
      await again(request)
    }
  }
  const offer = async (request: InLine, lease: LiveLease): Promise<void> => {
    const { leaseId, fence, ticket, account, class: leaseClass } = lease
    const base = `${ports.publicUrl}/leases/${leaseId}`
    holding.offered(lease)
    const told = await answer(request, {
      answer: 'granted',
      requestId: request.requestId,
      leaseId,
      fence,
      endpoint: `${base}/driver`,
      control: `${base}/control`,
      token: ticket.token,
      expiresAt: new Date(lease.expiresAt).toISOString(),
    })
    if (!told) return holding.end(lease, 'undeliverable')
    waited.observe({ class: leaseClass }, (Date.now() - request.receivedAt) / 1_000)
    log.info({ leaseId, account, class: leaseClass, fence }, 'lease offered')
  }
  /** Without a browser the request goes back in line, a few times. */
  const again = async (request: InLine): Promise<void> => {
    request.failures += 1
    if (!open) return request.served.resolve('gone')
    if (request.failures < MOST_FAILURES && request.startBy > Date.now()) line.join(request)
    else
      await refuse(request, {
        reason: 'pressure',
        retryAt: Date.now() + RETRY_MS,
        detail: 'No browser could be started.',
      })
  }

  const close = (): void => {
    open = false
    clearTimeout(timer)
    for (const { requestId } of line.waiting) line.take(requestId)?.served.resolve('gone')
  }
  return {
    line,
    holding,
    slots: limits.slots,
    refuse,
    async receive(request, signal) {
      if (!open || signal.aborted) return 'gone'
      line.join(request)
      schedule()
      const leave = (): void => {
        if (line.leave(request)) request.served.resolve('gone')
      }
      signal.addEventListener('abort', leave, { once: true })
      return request.served.promise.finally(() => signal.removeEventListener('abort', leave))
    },
    close,
    async [Symbol.asyncDispose]() {
      close()
      await holding.endAll('shutdown')
    },
  }
}
