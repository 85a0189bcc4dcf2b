import { describe, expect, it } from 'vitest'
import {
  AccountId,
  PlatformId,
  newId,
  newPostId,
  type BodyOf,
  type CollectMetrics,
  type DueCheck,
  type Metrics,
} from '@surepost/shared/contracts'
import type { Delivery, Outcome } from '@surepost/shared/messaging'
import { type PostReading, type Tried, sameText } from '@surepost/platforms'
import { createBreakers } from '@surepost/shared/runtime'
import { noEvidence } from '../../src/evidence.ts'
import { type MetricsPorts, collectMetrics } from '../../src/handlers/collect-metrics.ts'

const METRICS: Metrics = { replies: 0, reposts: 1, quotes: null, likes: 2, bookmarks: 0, views: 40 }
const account = AccountId.parse('ada')
const idOf = (n: number): PlatformId => PlatformId.parse(String(1_990_000_000_000_000_000n + BigInt(n)))
const check = (n: number, more: Partial<DueCheck> = {}): DueCheck => ({
  checkId: newId(),
  postId: newPostId(),
  segment: 0,
  platformId: idOf(n),
  deadline: new Date(Date.now() + 3_600_000).toISOString(),
  text: `text ${n}`,
  last: null,
  doubted: null,
  ...more,
})
const read = (n: number, more: { text?: string; metrics?: Metrics } = {}): PostReading => ({
  kind: 'read',
  post: {
    platformId: idOf(n),
    author: 'ada',
    text: more.text ?? `text ${n}`,
    createdAt: new Date(),
    url: 'https://x.com/ada/status/1',
    inReplyTo: null,
    pinned: false,
  },
  metrics: more.metrics ?? METRICS,
})
const broken: PostReading = { kind: 'unreadable', cause: 'went_wrong', detail: 'Something went wrong.' }

interface Said {
  readonly type: string
  readonly body: Record<string, unknown>
}

/** Run the handler on these checks, where pages say what `pages` says. */
const collect = async (
  checks: readonly DueCheck[],
  pages: (id: PlatformId, askToYield: () => void) => PostReading | Promise<PostReading>,
  lastAttempt = true,
) => {
  const said: Said[] = []
  const sent: BodyOf<typeof CollectMetrics>[] = []
  const paused: string[] = []
  const lost = new AbortController()
  const yielding = new AbortController()
  const lease = {
    granted: true,
    handle: 'ada',
    context: {},
    signal: lost.signal,
    yielding: yielding.signal,
    taint: () => undefined,
    pauseAccount: async (reason: string) => void paused.push(reason),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const session = {
    readPost: async ({ platformId }: { platformId: PlatformId }) => pages(platformId, () => yielding.abort()),
  }
  const ports = {
    bus: {
      emit: async ({ type }: { type: string }, body: Said['body']) => void said.push({ type, body }),
      send: async (_: unknown, body: BodyOf<typeof CollectMetrics>) => void sent.push(body),
    },
    leases: { acquire: async () => lease },
    breakers: createBreakers<Tried>({ isFailure: ({ failed }) => failed }),
    platforms: { for: () => ({ sameText, open: () => session }) },
    evidence: noEvidence,
  } as unknown as MetricsPorts
  const body = { account, platform: 'x', handle: 'ada', checks } as BodyOf<typeof CollectMetrics>
  const delivery = { body, lastAttempt, attempt: 1 } as Delivery<BodyOf<typeof CollectMetrics>>
  const outcome: Outcome = await collectMetrics(ports).run(delivery, { signal: new AbortController().signal })
  return { outcome, said, sent, paused, lost }
}
const numberOf = (id: PlatformId): number => Number(BigInt(id) - 1_990_000_000_000_000_000n)
const types = (said: readonly Said[]): readonly string[] => said.map(({ type }) => type).toSorted()

describe('reading the due checks of an account', () => {
  it('ends each in a fact, whatever the others come to', async () => {
    const { outcome, said } = await collect([check(1), check(2), check(3)], (id) =>
      numberOf(id) === 2 ? broken : read(numberOf(id)),
    )
    expect(outcome.kind).toBe('done')
    expect(types(said)).toEqual(['metrics.check_failed', 'metrics.collected', 'metrics.collected'])
  })

  it('is tried again as a whole while none could be read, and is failed check by check at last', async () => {
    const checks = [check(1), check(2)]
    expect((await collect(checks, () => broken, false)).outcome.kind).toBe('retry')
    const { outcome, said } = await collect(checks, () => broken)
    expect([outcome.kind, types(said)]).toEqual(['done', ['metrics.check_failed', 'metrics.check_failed']])
  })

  it('asks for what a rate limit left over by itself, not before the limit ends', async () => {
    const until = new Date(Date.now() + 60_000)
    const checks = Array.from({ length: 9 }, (_, n) => check(n + 1))
    const { outcome, said, sent } = await collect(checks, (id) =>
      numberOf(id) === 4 ? { kind: 'throttled', until } : read(numberOf(id)),
    )
    expect(outcome.kind).toBe('done')
    const fulfilled = said.map(({ body }) => body['checkId'])
    const left = sent.flatMap((body) => body.checks.map(({ checkId }) => checkId))
    expect(fulfilled.length + left.length).toBe(checks.length)
    expect(new Set([...fulfilled, ...left])).toEqual(new Set(checks.map(({ checkId }) => checkId)))
    expect(left).toContain(checks[3]?.checkId)
  })

  it.each([true, false])(
    'makes way for publishing after the pages that are open, and asks for the rest again as if for the first time',
    async (lastAttempt) => {
      const checks = Array.from({ length: 9 }, (_, n) => check(n + 1))
      const opened: number[] = []
      const { outcome, said, sent } = await collect(
        checks,
        (id, askToYield) => {
          opened.push(numberOf(id))
          if (numberOf(id) === 2) askToYield()
          return numberOf(id) === 1 ? broken : read(numberOf(id))
        },
        lastAttempt,
      )
      // Three pages at a time: those of the first three were open.
      expect([outcome.kind, opened]).toEqual(['done', [1, 2, 3]])
      expect(types(said)).toEqual(['metrics.check_failed', 'metrics.collected', 'metrics.collected'])
      expect(sent.map((body) => body.checks)).toEqual([checks.slice(3)])
    },
  )

  it('reads at least one page for each line of a lease that is wanted from the beginning', async () => {
    const checks = Array.from({ length: 5 }, (_, n) => check(n + 1))
    const { said, sent } = await collect(checks, (id, askToYield) => (askToYield(), read(numberOf(id))))
    expect(said).toHaveLength(3)
    expect(sent.map((body) => body.checks)).toEqual([checks.slice(3)])
  })

  it('waits with all of them when nothing could be read before the limit', async () => {
    const until = new Date(Date.now() + 60_000)
    expect((await collect([check(1), check(2)], () => ({ kind: 'throttled', until }))).outcome).toMatchObject({
      kind: 'snooze',
      until,
    })
  })

  it('pauses the account when the platform wants a person, and says nothing of the posts', async () => {
    const { outcome, said, paused } = await collect([check(1)], () => ({
      kind: 'session',
      trouble: 'challenge',
      detail: 'who are you?',
    }))
    expect([outcome.kind, said, paused]).toEqual(['snooze', [], ['challenge: who are you?']])
  })

  it('says nothing of a check past its deadline: that is the deadline’s to say', async () => {
    const late = check(1, { deadline: new Date(Date.now() - 1_000).toISOString() })
    expect(await collect([late], () => read(1))).toMatchObject({ outcome: { kind: 'done' }, said: [] })
  })

  it('says that a deleted post is missing, and leaves its check open until the deadline', async () => {
    const { said } = await collect([check(1)], () => ({ kind: 'deleted' }))
    expect(types(said)).toEqual(['metrics.check_failed', 'post.segment_missing'])
  })

  it.each<[string, Partial<DueCheck>, PostReading, string]>([
    ['likes above the views', {}, read(1, { metrics: { ...METRICS, likes: 41 } }), '41 likes with 40 views'],
    ['a fall', { last: { ...METRICS, views: 90 } }, read(1), 'views fell from 90 to 40'],
    ['another text', {}, read(1, { text: 'not ours' }), 'another text'],
  ])('keeps %s as suspect, with its evidence', async (_, more, reading, why) => {
    const { said } = await collect([check(1, more)], () => reading)
    const collected = said.find(({ type }) => type === 'metrics.collected')
    expect(collected?.body['suspect']).toContain(why)
  })

  it.each<[string, PostReading]>([
    ['another text', read(1, { text: 'not ours' })],
    ['another author', { kind: 'unreadable', cause: 'wrong_author', detail: 'The post is by @eve.' }],
  ])('doubts an id whose page has %s, so that the true one is looked for', async (_, reading) => {
    const { said } = await collect([check(1)], () => reading)
    expect(types(said)).toContain('post.segment_doubted')
  })

  it('never takes a page without figures for a reading', async () => {
    const nothing: Metrics = { replies: null, reposts: null, quotes: null, likes: null, bookmarks: null, views: null }
    const { said } = await collect([check(1)], () => read(1, { metrics: nothing }))
    expect(types(said)).toEqual(['metrics.check_failed'])
  })
})
