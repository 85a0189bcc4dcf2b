import type { AccountId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Scope } from '@surepost/shared/runtime'
import type { AccountAnswer } from '../api/shapes.ts'
import type { BrokerAdmin } from './broker-admin.ts'

type AccountMap = ReadonlyMap<AccountId, AccountAnswer>

/** The accounts of one shard as its broker said last. */
export interface ShardAccounts {
  /** Undefined until they were read once. */
  readonly known: AccountMap | undefined
  /**
   * After a reading that is at most `maxAgeMs` old; what was read before when the broker does not answer.
   * @throws UnavailableError when nothing was ever read
   */
  fresh(maxAgeMs: number): Promise<AccountMap>
  /** Something was changed: what a reading brings that began before this is old. */
  expire(): void
}

/** @param signal ends a reading; it is shared by everybody who waits, so no one caller's end may end it */
export const shardAccounts = (broker: BrokerAdmin, signal: AbortSignal, log: Scope['log']): ShardAccounts => {
  let known: AccountMap | undefined
  let readAt = -Infinity
  let reading: Promise<AccountMap> | undefined

  /** Counts the changes: a reading that one overtook is given to who waits for it, and not kept. */
  let changes = 0

  const read = async (): Promise<AccountMap> => {
    const before = changes
    const found = new Map((await broker.accounts(signal)).map((account) => [account.id, account]))
    if (before === changes) {
      known = found
      readAt = performance.now()
    }
    return found
  }
  const readOnce = (): Promise<AccountMap> => {
    const begun = read().finally(() => {
      if (reading === begun) reading = undefined
    })
    return begun
  }

  return {
    get known() {
      return known
    },
    async fresh(maxAgeMs) {
      if (known !== undefined && performance.now() - readAt <= maxAgeMs) return known
      reading ??= readOnce()
      try {
        return await reading
      } catch (error) {
        log.warn({ shard: broker.shard, reason: messageOf(error) }, 'accounts could not be read from their broker')
        if (known === undefined) throw error
        return known
      }
    },
    expire() {
      changes += 1
      readAt = -Infinity
      reading = undefined
    },
  }
}
