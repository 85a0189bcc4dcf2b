import { describe, expect, it } from 'vitest'
import { PlatformId, type Mention } from '@surepost/shared/contracts'
import type { PostReading } from '@surepost/platforms'
import { oldest, withConversations } from '../../src/conversation.ts'

const idOf = (n: number): PlatformId => PlatformId.parse(String(1_900_000_000_000_000_000n + BigInt(n)))
const mention = (n: number): Mention => ({
  platformId: idOf(n),
  author: 'bob',
  text: 'cut…',
  inReplyTo: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  url: 'https://x.com/bob/status/1',
})
const above = Array.from({ length: 12 }, (_, n) => ({ platformId: idOf(100 + n), author: 'ada', text: `turn ${n}` }))
const page = (n: number): PostReading => ({
  kind: 'read',
  post: { ...mention(n), text: 'whole', inReplyTo: idOf(111), createdAt: new Date(0), pinned: false },
  metrics: { replies: 0, reposts: 0, quotes: null, likes: 0, bookmarks: 0, views: null },
  above,
})
const broken = (cause: 'went_wrong' | 'protected'): PostReading => ({ kind: 'unreadable', cause, detail: 'no' })

const read = async (pages: readonly (PostReading | 'lost')[], more: { passOver?: boolean; yields?: boolean } = {}) => {
  const lost = new AbortController()
  const yielding = new AbortController()
  const lease = {
    expiresAt: new Date(Date.now() + 600_000),
    renew: () => Promise.resolve(new Date()),
    signal: lost.signal,
    yielding: yielding.signal,
  }
  let n = 0
  const session = {
    readPost: async (): Promise<PostReading> => {
      const next = pages[n]
      n += 1
      if (more.yields === true) yielding.abort()
      if (next !== 'lost' && next !== undefined) return next
      lost.abort()
      throw new Error('the browser is gone')
    },
  }
  const signal = new AbortController().signal
  const mentions = pages.map((_, i) => mention(i))
  const { passOver = false } = more
  return withConversations({ session, lease, passOver, signal }, mentions)
}

describe('the conversation above a mention', () => {
  it('is the last ten turns of its own page, which also has its whole text', async () => {
    const { mentions, trouble } = await read([page(0)])
    expect(trouble).toBeNull()
    expect(mentions[0]).toMatchObject({ text: 'whole', inReplyTo: idOf(111) })
    expect(mentions[0]?.conversation?.map(({ text }) => text)).toEqual(above.slice(2).map(({ text }) => text))
  })
  it('is left out where the page is gone or closed for good', async () => {
    const { mentions } = await read([{ kind: 'deleted' }, broken('protected'), page(2)])
    expect(mentions.map(({ conversation }) => conversation?.length)).toEqual([undefined, undefined, 10])
  })
  it('ends the reading where a page may load another time, and what was read before counts', async () => {
    expect(await read([page(0), broken('went_wrong'), page(2)])).toMatchObject({
      mentions: [{ platformId: idOf(0) }],
      trouble: { cause: 'went_wrong' },
    })
    expect((await read([broken('went_wrong'), page(1)], { passOver: true })).mentions).toHaveLength(2)
  })
  it('costs nothing that was read when the lease is lost, or when publishing wants the account', async () => {
    expect((await read([page(0), 'lost', page(2)])).mentions).toHaveLength(1)
    await expect(read(['lost'])).rejects.toThrow('the browser is gone')
    expect((await read([page(0), page(1)], { yields: true })).mentions).toHaveLength(1)
  })
})

describe('the oldest mentions', () => {
  it('are read first: the newer ones are the next harvest’s', () => {
    expect(oldest([mention(3), mention(1), mention(2)], 2).map(({ platformId }) => platformId)).toEqual([
      idOf(1),
      idOf(2),
    ])
  })
})
