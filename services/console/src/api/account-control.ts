import { z } from 'zod'
import type { AccountId, CommandContract, InputOf } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'

const ANSWER_MS = 10_000

/** A control command's answer: done, or why not. */
const Answer = z.looseObject({ error: z.string().optional() })

export type Controlling = Pick<Ports, 'bus' | 'accounts'>

/**
 * Asks an account's broker to do something and waits until it has.
 * @throws Problem `unavailable` when it has not answered in time: it is done once the broker is back
 */
export const control = async <C extends CommandContract>(
  ports: Controlling,
  contract: C,
  account: AccountId,
  body: InputOf<C>,
  signal: AbortSignal,
): Promise<void> => {
  try {
    const options = { shard: ports.accounts.shardOf(account), timeoutMs: ANSWER_MS, signal }
    const { error } = await ports.bus.ask(contract, body, Answer, options)
    if (error !== undefined) throw new Problem('conflict', error)
  } catch (cause) {
    if (!(cause instanceof UnavailableError)) throw cause
    const detail = `The broker of account ${account} has not answered yet. If the request reached its queue it is done when the broker is back; asking again is safe.`
    throw new Problem('unavailable', detail, { retryAfter: 5, cause })
  } finally {
    ports.accounts.expire()
  }
}

/** @throws Problem `not-found` */
export const requireAccount = async (ports: Controlling, id: AccountId, signal: AbortSignal): Promise<void> => {
  if ((await ports.accounts.find(id, { signal })) === undefined) noSuchAccount(id)
}

export const noSuchAccount = (id: AccountId): never => {
  throw new Problem('not-found', `There is no account "${id}". GET /v1/accounts lists those that there are.`)
}
