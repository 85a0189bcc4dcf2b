import { z } from 'zod'
import {
  AccountConfig,
  type AccountId,
  type Hash,
  Instant,
  KillSwitch,
  PlatformId,
  PostId,
} from '@surepost/shared/contracts'
import { ContractError, UnavailableError } from '@surepost/shared/errors'
import { type AccountAnswer, LeaseAnswer, PressureAnswer } from '../api/shapes.ts'
import { Problem } from '../http/problems.ts'
import type { Twin } from '../ports.ts'
import { httpJson } from './http-json.ts'

const TIMEOUT_MS = 4_000

const Used = z.object({ lastHour: z.int(), lastDay: z.int() })
/** One entry of the broker's `GET /accounts`; what it says beyond this is not ours. */
const BrokerAccount = z
  .object({
    config: AccountConfig,
    paused: z.object({ reason: z.string(), until: Instant.nullable() }).nullable().default(null),
    session: z.string(),
    used: z.object({ post: Used, reply: Used }).nullish(),
  })
  .transform(
    ({ config, paused, session, used }): AccountAnswer => ({
      id: config.id,
      platform: config.platform,
      handle: config.handle,
      config,
      session,
      paused,
      used: used ?? null,
    }),
  )

const Answered = z.object({
  twin: z
    .object({ postId: PostId, platformId: PlatformId.nullable(), until: Instant.transform((text) => new Date(text)) })
    .nullable(),
})

/** One broker shard's admin HTTP. Every call throws UnavailableError when the broker does not answer in time. */
export interface BrokerAdmin {
  readonly shard: number
  accounts(signal: AbortSignal): Promise<readonly AccountAnswer[]>
  pressure(signal: AbortSignal): Promise<PressureAnswer>
  leases(signal: AbortSignal): Promise<readonly LeaseAnswer[]>
  killSwitch(signal: AbortSignal): Promise<KillSwitch>
  sameText(id: AccountId, hashes: readonly Hash[], except: PostId, signal: AbortSignal): Promise<Twin | undefined>
  storeSession(id: AccountId, storageState: unknown, signal: AbortSignal): Promise<void>
}

export const brokerAdmin = (shard: number, baseUrl: string, key: string): BrokerAdmin => {
  const name = `browser-broker ${shard}`
  const headers = { authorization: `Bearer ${key}` }
  const read = async <S extends z.ZodType>(
    path: string,
    schema: S,
    signal: AbortSignal,
    asked?: unknown,
  ): Promise<z.output<S>> => {
    const { status, body } = await httpJson(name, new URL(path, baseUrl), {
      ...(asked === undefined
        ? { headers }
        : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(asked) }),
      timeoutMs: TIMEOUT_MS,
      signal,
    })
    if (status === 401 || status === 403)
      throw new UnavailableError(name, `${name} refuses BROKER_ADMIN_KEY; give the console the broker's own.`)
    const parsed = schema.safeParse(body)
    if (status !== 200 || !parsed.success)
      throw new ContractError(`${name} answered ${path} with status ${status} and another shape than agreed.`)
    return parsed.data
  }
  return {
    shard,
    accounts: (signal) => read('/accounts', z.array(BrokerAccount), signal),
    pressure: async (signal) => ({ ...(await read('/pressure', PressureAnswer.omit({ shard: true }), signal)), shard }),
    leases: async (signal) => {
      const held = await read('/leases', z.array(LeaseAnswer.omit({ shard: true })), signal)
      return held.map((lease) => ({ ...lease, shard }))
    },
    killSwitch: (signal) => read('/kill-switch', KillSwitch, signal),
    async sameText(id, hashes, except, signal) {
      const path = `/accounts/${encodeURIComponent(id)}/same-text`
      return (await read(path, Answered, signal, { hashes, except })).twin ?? undefined
    },
    async storeSession(id, storageState, signal) {
      const { status } = await httpJson(name, new URL(`/accounts/${encodeURIComponent(id)}/session`, baseUrl), {
        method: 'PUT',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(storageState),
        timeoutMs: TIMEOUT_MS,
        signal,
      })
      if (status === 404) throw new Problem('not-found', `The broker knows no account "${id}".`)
      if (status >= 400)
        throw new Problem(
          'invalid',
          `The broker refused the session of account "${id}" (status ${status}): export it anew with Playwright.`,
        )
    },
  }
}
