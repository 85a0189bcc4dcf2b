import { z } from 'zod'
import { request } from './request.ts'

const Leases = z.array(z.looseObject({ class: z.string(), state: z.string() }))
const OUTBOX = /^surepost_ledger_outbox(?:\{[^}]*\})? (\d+)/mu

/** What the browser-broker says of itself. */
export interface Broker {
  /** An `act` lease is in somebody's hands: a post is being published at this moment. */
  isActing(): Promise<boolean>
  /** Facts and commands of its ledger that RabbitMQ has not confirmed. */
  outbox(): Promise<number>
}

/** @param metricsUrl of its ops server */
export const brokerAt = (url: string, adminKey: string, metricsUrl: string, signal: AbortSignal): Broker => ({
  isActing: async () => {
    const headers = { authorization: `Bearer ${adminKey}` }
    const leases = Leases.parse(await request(`${url}/leases`, { headers, signal, timeoutMs: 1_000 }))
    return leases.some((lease) => lease.class === 'act' && lease.state === 'active')
  },
  outbox: async () => {
    const [, depth] = OUTBOX.exec(String(await request(metricsUrl, { signal, timeoutMs: 3_000 }))) ?? []
    if (depth === undefined) throw new Error('The browser-broker does not tell the depth of its outbox.')
    return Number(depth)
  },
})
