import { shardOf } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import type { Scope } from '@surepost/shared/runtime'
import type { Accounts, Pool } from '../ports.ts'
import type { BrokerAdmin } from './broker-admin.ts'
import { shardAccounts } from './shard-accounts.ts'

/** How old the accounts of a shard may be before a reader makes them be read again. */
const FRESH_MS = 2_000
/** Unknown accounts are looked for again at most this often per shard, so that guessing costs the broker nothing. */
const MISS_MS = 500
const BACKGROUND_MS = 15_000

export interface BrokerAccounts extends Accounts, Pool, AsyncDisposable {}

const settledValues = async <T>(work: readonly Promise<T>[]): Promise<T[]> =>
  (await Promise.allSettled(work)).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))

/** Accounts of all shards, kept from the brokers' last answers: a broker that is away changes nothing that is known. */
export const brokerAccounts = (brokers: readonly BrokerAdmin[], log: Scope['log']): BrokerAccounts => {
  const stopping = new AbortController()
  const shards = brokers.map((broker) => ({ broker, accounts: shardAccounts(broker, stopping.signal, log) }))
  const of = (index: number) => {
    const shard = shards[index]
    if (shard === undefined) throw new UnavailableError('browser-broker', `There is no broker for shard ${index}.`)
    return shard
  }
  const expire = (): void => {
    for (const { accounts } of shards) accounts.expire()
  }
  const timer = setInterval(() => {
    for (const { accounts } of shards) void accounts.fresh(0).catch(() => {})
  }, BACKGROUND_MS)
  timer.unref()

  return {
    shardOf: (id) => shardOf(id, shards.length),
    async find(id) {
      const { accounts } = of(shardOf(id, shards.length))
      return accounts.known?.get(id) ?? (await accounts.fresh(MISS_MS)).get(id)
    },
    async list() {
      const known = await settledValues(shards.map(({ accounts }) => accounts.fresh(FRESH_MS)))
      if (known.length === 0)
        throw new UnavailableError(
          'browser-broker',
          'No browser-broker answers, so the accounts are not known at the moment.',
        )
      return known.flatMap((accounts) => [...accounts.values()]).toSorted((a, b) => a.id.localeCompare(b.id))
    },
    async storeSession(id, storageState, { signal }) {
      await of(shardOf(id, shards.length)).broker.storeSession(id, storageState, signal)
      expire()
    },
    sameText: async (id, hashes, except, { signal, deadlineMs }) => {
      const { broker } = of(shardOf(id, shards.length))
      const ends = deadlineMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
      return broker.sameText(id, hashes, except, ends)
    },
    expire,
    shards: shards.length,
    killSwitches: ({ signal }) =>
      settledValues(
        brokers.map(async (broker) => ({ shard: broker.shard, killSwitch: await broker.killSwitch(signal) })),
      ),
    leases: async ({ signal }) => (await settledValues(brokers.map((broker) => broker.leases(signal)))).flat(),
    pressure: ({ signal }) => settledValues(brokers.map((broker) => broker.pressure(signal))),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      stopping.abort()
    },
  }
}
