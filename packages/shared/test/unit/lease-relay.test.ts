import { describe, expect, it } from 'vitest'
import { AccountId } from '../../src/contracts/index.ts'
import { type Lease, type LeaseRefusal, type LeaseRequest, type Leases, relayLeases } from '../../src/leases/index.ts'

const [ada, bob] = [AccountId.parse('ada'), AccountId.parse('bob')]

interface Broker extends Leases {
  /** What became of each lease, in the order of the grants. */
  readonly ends: readonly ('clean' | 'failed' | undefined)[]
  readonly granted: number
  readonly pages: { close(): Promise<void> }[]
  lose(): void
}

/** A broker that grants as often as it is asked; `answers` come first. */
const brokerOf = (...answers: (LeaseRefusal | Error)[]): Broker => {
  const ends: ('clean' | 'failed' | undefined)[] = []
  const pages: { close(): Promise<void> }[] = []
  const lost = new AbortController()
  return {
    ends,
    pages,
    get granted() {
      return ends.length
    },
    health: async () => [],
    lose: () => lost.abort(new Error('lost')),
    acquire: async ({ account }) => {
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      if (answer !== undefined) return answer
      const n = ends.push(undefined) - 1
      let tainted = false
      return {
        granted: true,
        account,
        id: String(n),
        signal: lost.signal,
        expiresAt: new Date(1_000),
        context: { pages: () => pages },
        taint: () => void (tainted = true),
        unknown: async () => {},
        pauseAccount: async () => {},
        [Symbol.asyncDispose]: async () => void (ends[n] = tainted ? 'failed' : 'clean'),
      } as unknown as Lease
    },
    [Symbol.asyncDispose]: async () => {},
  }
}
const refused: LeaseRefusal = { granted: false, reason: 'pressure', retryAt: new Date(0), detail: 'full' }

const request = (account = ada, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  account,
  class: 'act',
  startBy: new Date(Date.now() + 30_000),
  signal: new AbortController().signal,
  ...more,
})
const leaseOf = async (asked: Promise<Lease | LeaseRefusal>): Promise<Lease> => {
  const answer = await asked
  if (!answer.granted) throw new Error(answer.detail)
  return answer
}

describe('a relay of leases', () => {
  it('hands a lease that ended well to the next work of the account, and ends it after the last', async () => {
    const broker = brokerOf()
    const leases = relayLeases(broker)
    const first = await leaseOf(leases.acquire(request()))
    const waiting = [leases.acquire(request()), leases.acquire(request())]
    await first[Symbol.asyncDispose]()
    await first[Symbol.asyncDispose]()
    for (const asked of waiting) {
      const next = await leaseOf(asked)
      expect(next.id).toBe(first.id)
      expect(broker.ends).toEqual([undefined])
      await next[Symbol.asyncDispose]()
    }
    expect(broker.ends).toEqual(['clean'])
    expect((await leaseOf(leases.acquire(request()))).id).toBe('1')
  })

  it('keeps the accounts apart, and is nothing for those who read', async () => {
    const broker = brokerOf()
    const leases = relayLeases(broker)
    const asked = [request(), request(bob), request(ada, { class: 'background' })]
    expect(await Promise.all(asked.map(async (each) => (await leaseOf(leases.acquire(each))).id))).toEqual([
      '0',
      '1',
      '2',
    ])
  })

  it.each<[string, (lease: Lease) => unknown]>([
    ['tainted', (lease) => lease.taint()],
    ['unknown', (lease) => lease.unknown({} as never, 1, 'no answer')],
    ['paused', (lease) => lease.pauseAccount('challenge', null)],
  ])('ends a lease as failed that is %s, and the next asks for one of its own', async (_, spoil) => {
    const broker = brokerOf()
    const leases = relayLeases(broker)
    const first = await leaseOf(leases.acquire(request()))
    const waiting = leases.acquire(request())
    await spoil(first)
    await first[Symbol.asyncDispose]()
    expect((await leaseOf(waiting)).id).toBe('1')
    expect(broker.ends).toEqual(['failed', undefined])
  })

  it('hands on no lease that was lost, is ten seconds old, or has a page that stays open', async () => {
    let now = Date.now()
    for (const [spoil, end] of [
      [(broker: Broker) => broker.lose(), 'clean'],
      [() => void (now += 10_000), 'clean'],
      [(broker: Broker) => void broker.pages.push({ close: () => Promise.reject(new Error('no')) }), 'clean'],
    ] as const) {
      const broker = brokerOf()
      const leases = relayLeases(broker, () => now)
      const first = await leaseOf(leases.acquire(request()))
      const waiting = leases.acquire(request(ada, { startBy: new Date(now + 30_000) }))
      spoil(broker)
      await first[Symbol.asyncDispose]()
      expect((await leaseOf(waiting)).id).toBe('1')
      expect(broker.ends).toEqual([end, undefined])
    }
  })

  it('closes the pages that were left open before it hands on', async () => {
    const broker = brokerOf()
    const leases = relayLeases(broker)
    const first = await leaseOf(leases.acquire(request()))
    const waiting = leases.acquire(request())
    broker.pages.push({ close: async () => void broker.pages.pop() })
    await first[Symbol.asyncDispose]()
    expect((await leaseOf(waiting)).id).toBe('0')
    expect(broker.pages).toEqual([])
  })

  it('lets the next ask when the one before was refused or could not ask', async () => {
    const broker = brokerOf(refused, new Error('away'))
    const leases = relayLeases(broker)
    const asked = [leases.acquire(request()), leases.acquire(request()), leases.acquire(request())]
    const [first, second, third] = await Promise.allSettled(asked)
    expect(first).toMatchObject({ value: { reason: 'pressure' } })
    expect(second).toMatchObject({ status: 'rejected' })
    expect(third).toMatchObject({ value: { granted: true } })
  })

  it('refuses who waited until its time was over, and forgets who was told to stop', async () => {
    const broker = brokerOf()
    const leases = relayLeases(broker)
    const first = await leaseOf(leases.acquire(request()))
    const stop = new AbortController()
    const late = leases.acquire(request(ada, { startBy: new Date(0) }))
    const stopped = leases.acquire(request(ada, { signal: stop.signal }))
    const third = leases.acquire(request())
    stop.abort(new Error('stopping'))
    await expect(stopped).rejects.toThrow('stopping')
    expect(await late).toMatchObject({ granted: false, reason: 'deadline' })
    await first[Symbol.asyncDispose]()
    expect((await leaseOf(third)).id).toBe('0')
  })

  it('passes on what comes in the moment of giving up, whichever comes first', async () => {
    // So many turns of the microtask queue lie between the end of the first and the stop of the second.
    for (let turns = 0; turns < 12; turns += 1) {
      const broker = brokerOf()
      const leases = relayLeases(broker)
      const first = await leaseOf(leases.acquire(request()))
      const stop = new AbortController()
      const second = leases.acquire(request(ada, { signal: stop.signal }))
      const third = leases.acquire(request())
      const release = second.then(
        async (lease) => lease.granted && lease[Symbol.asyncDispose](),
        () => {},
      )
      const ending = first[Symbol.asyncDispose]()
      for (let n = 0; n < turns; n += 1) await Promise.resolve()
      stop.abort(new Error('stopping'))
      await ending
      await release
      expect((await leaseOf(third)).granted).toBe(true)
    }
  })
})
