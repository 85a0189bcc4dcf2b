import { describe, expect, it } from 'vitest'
import { untilQuiet, type QuietPorts } from '../../src/run/quiet.ts'

interface Look {
  readonly posts?: number
  readonly checks?: number
  readonly outbox?: number
  readonly queues?: Readonly<Record<string, number>>
  readonly fails?: string
}

/** Ports that show one look after the other, the last one for ever. */
const ports = (looks: readonly Look[]): QuietPorts => {
  let at = -1
  const now = (): Look => looks[Math.min(at, looks.length - 1)] ?? {}
  return {
    records: {
      pending: async () => {
        at += 1
        const { fails, posts = 0, checks = 0 } = now()
        if (fails !== undefined) throw new Error(fails)
        return { posts, checks }
      },
    },
    broker: { outbox: async () => now().outbox ?? 0 },
    queues: async () => Object.entries(now().queues ?? {}).map(([name, messages]) => ({ name, messages })),
    postIds: () => [],
  }
}

const wait = async (looks: readonly Look[], withinMs = 5_000) => {
  const seen: (readonly string[])[] = []
  const signal = new AbortController().signal
  const left = await untilQuiet(ports(looks), { withinMs, everyMs: 1, signal, onLook: (unrest) => seen.push(unrest) })
  return { left, seen }
}

describe('waiting for quiet', () => {
  it('ends when nothing is going on, twice in a row', async () => {
    const { left, seen } = await wait([{ posts: 2 }, {}, { checks: 1 }, {}, {}, { posts: 9 }])
    expect(left).toEqual([])
    expect(seen).toEqual([['2 posts are under way'], [], ['1 checks are owed'], [], []])
  })

  it('waits for the outbox and for every queue of work', async () => {
    const { seen } = await wait([{ outbox: 3 }, { queues: { 'persister.facts': 2, 'poster.publish.0': 0 } }, {}])
    expect(seen.slice(0, 2)).toEqual([['3 facts are in the outbox'], ['2 in persister.facts']])
  })

  it('does not wait for schedules of their own, dead letters, or what was said last', async () => {
    const { seen } = await wait([
      {
        queues: {
          'scraper.mentions': 1,
          'broker.leases.background.0': 1,
          'poster.publish.0.dead': 4,
          'broker.standing.0': 1,
        },
      },
    ])
    expect(seen).toEqual([[], []])
  })

  it('takes a look that fails for unrest', async () => {
    const { seen } = await wait([{ fails: 'Postgres is away' }, {}])
    expect(seen[0]).toEqual(['Postgres is away'])
  })

  it('says what is still going on when the time is up', async () => {
    expect((await wait([{ posts: 1, queues: { 'poster.publish.0': 1 } }], 20)).left).toEqual([
      '1 posts are under way',
      '1 in poster.publish.0',
    ])
  })

  it('goes on as long as something comes to its end, however slowly', async () => {
    const slow = Array.from({ length: 60 }, (_, n) => ({ posts: 60 - n }))
    expect((await wait([...slow, {}], 20)).left).toEqual([])
    const checks = Array.from({ length: 60 }, (_, n) => ({ checks: 60 - n }))
    expect((await wait([...checks, {}], 20)).left).toEqual([])
  })

  it('ends when the run is ended', async () => {
    const end = new AbortController()
    const ending = untilQuiet(ports([{ posts: 1 }]), {
      withinMs: 60_000,
      everyMs: 1,
      signal: end.signal,
      onLook: () => end.abort(),
    })
    await expect(ending).rejects.toThrow('aborted')
  })
})
