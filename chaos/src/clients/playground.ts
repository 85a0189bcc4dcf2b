import { z } from 'zod'
import type { LedgerPost } from '../judge/types.ts'
import type { Site, SiteFault } from '../faults/types.ts'
import { request } from './request.ts'

const Created = z.looseObject({ id: z.string() })
const Account = z.looseObject({ storageState: z.unknown() })
const Planted = z.looseObject({ id: z.number() })
const Faults = z.looseObject({ faults: z.array(z.looseObject({ id: z.number(), struck: z.number() })) })
const Ledger = z.array(
  z.looseObject({
    id: z.string(),
    handle: z.string(),
    text: z.string(),
    inReplyTo: z.string().nullable(),
    createdAt: z.string(),
    deletedAt: z.string().nullable(),
    media: z.array(z.looseObject({ sha256: z.string() })),
  }),
)

/** The playground's admin routes and its ledger: what the platform itself knows. */
export interface Playground extends Site {
  /** @returns Playwright's storageState of the account: a secret */
  addAccount(handle: string): Promise<unknown>
  /** A post of somebody who is not ours. @returns its id */
  addPost(handle: string, text: string): Promise<string>
  deletePost(id: string): Promise<void>
  /** Every post that the site holds or held, or those created after a moment. */
  ledger(since?: Date): Promise<readonly LedgerPost[]>
}

/** Whom the accounts name as the human behind them. */
const OPERATOR = 'the_operator'

export const playgroundAt = (url: string, signal: AbortSignal): Playground => {
  const admin = (method: string, path: string, body?: unknown): Promise<unknown> =>
    request(`${url}/admin/${path}`, { method, signal, ...(body === undefined ? {} : { body }) })
  return {
    // With the label of an automated account: without it nobody is answered.
    addAccount: async (handle) =>
      Account.parse(await admin('POST', 'accounts', { handle, name: handle, automatedBy: OPERATOR })).storageState,
    addPost: async (handle, text) => Created.parse(await admin('POST', 'posts', { handle, text })).id,
    deletePost: async (id) => {
      await admin('DELETE', `posts/${id}`)
    },
    ledger: async (since) => {
      const query = since === undefined ? '' : `?since=${since.toISOString()}`
      return Ledger.parse(await request(`${url}/ledger${query}`, { signal, timeoutMs: 30_000 }))
    },
    plant: async (fault: SiteFault) => Planted.parse(await admin('POST', 'faults', fault)).id,
    // One that is used up is not listed any more.
    hasStruck: async (id) => {
      const found = Faults.parse(await admin('GET', 'faults')).faults.find((fault) => fault.id === id)
      return found === undefined || found.struck > 0
    },
  }
}
