import { type AccountId, shardOf } from '@surepost/shared/contracts'
import { UnavailableError, messageOf } from '@surepost/shared/errors'
import type { Scope } from '@surepost/shared/runtime'
import type { AccountAnswer } from '../api/shapes.ts'
import type { Accounts, Pool } from '../ports.ts'
import type { BrokerAdmin } from './broker-admin.ts'

/** How old the accounts of a shard may be before a reader makes them be read again. */
const FRESH_MS = 2_000
/** Unknown accounts are looked for again at most this often per shard, so that guessing costs the broker nothing. */
const MISS_MS = 500
const BACKGROUND_MS = 15_000

/** What one shard said last, and when. */
interface Shard {
  accounts: ReadonlyMap<AccountId, AccountAnswer> | undefined
  readAt: number
  reading: Promise<void> | undefined
}

export interface BrokerAccounts extends Accounts, Pool, AsyncDisposable {}

const settledValues = async <T>(work: readonly Promise<T>[]): Promise<T[]> =>
  (await Promise.allSettled(work)).flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))

/** Accounts of all shards, kept from the brokers' last answers: a broker that is away changes nothing that is known. */
export const brokerAccounts = (brokers: readonly BrokerAdmin[], log: Scope['log']): BrokerAccounts => {
  const stopping = new AbortController()
  const shards: Shard[] = brokers.map(() => ({ accounts: undefined, readAt: -Infinity, reading: undefined }))

  const read = async (index: number, shard: Shard, broker: BrokerAdmin): Promise<void> => {
    // Read for everybody who waits, so no one caller's end may end it.
    const found = await broker.accounts(stopping.signal)
    shard.accounts = new Map(found.filter(({ id }) => shardOf(id, shards.length) === index).map((a) => [a.id, a]))
    shard.readAt = performance.now()
  }
  /** The shard after a reading that is at most `maxAgeMs` old; one that could not be read keeps what it had. */
  const fresh = async (index: number, maxAgeMs: number): Promise<Shard> => {
    const shard = shards[index]
    const broker = brokers[index]
    if (shard === undefined || broker === undefined)
      throw new UnavailableError('browser-broker', `There is no broker for shard ${index}.`)
    if (performance.now() - shard.readAt <= maxAgeMs) return shard
    shard.reading ??= read(index, shard, broker).finally(() => (shard.reading = undefined))
    await shard.reading.catch((error: unknown) => {
      log.warn({ shard: index, reason: messageOf(error) }, 'accounts could not be read from their broker')
      if (shard.accounts === undefined) throw error
    })
    return shard
  }
  const timer = setInterval(() => {
    for (const index of shards.keys()) void fresh(index, 0).catch(() => {})
  }, BACKGROUND_MS)
  timer.unref()

  return {
    shardOf: (id) => shardOf(id, shards.length),
    async find(id) {
      const index = shardOf(id, shards.length)
      const cached = shards[index]?.accounts?.get(id)
      return cached ?? (await fresh(index, MISS_MS)).accounts?.get(id)
    },
    async list() {
      const known = await settledValues([...shards.keys()].map((index) => fresh(index, FRESH_MS)))
      if (known.length === 0)
        throw new UnavailableError(
          'browser-broker',
          'No browser-broker answers, so the accounts are not known at the moment.',
        )
      return known
        .flatMap((shard) => [...(shard.accounts?.values() ?? [])])
        .toSorted((a, b) => a.id.localeCompare(b.id))
    },
    async storeSession(id, storageState, { signal }) {
      const broker = brokers[shardOf(id, shards.length)]
      if (broker === undefined) throw new UnavailableError('browser-broker', `There is no broker for account ${id}.`)
      await broker.storeSession(id, storageState, signal)
      for (const shard of shards) shard.readAt = -Infinity
    },
    expire() {
      for (const shard of shards) shard.readAt = -Infinity
    },
    pressure: ({ signal }) => settledValues(brokers.map((broker) => broker.pressure(signal))),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      stopping.abort()
    },
  }
}
