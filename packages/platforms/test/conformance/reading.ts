import { PlatformId } from '@surepost/shared/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import type { ListReading, OwnPostQuery, PlatformSession } from '../../src/index.ts'
import type { Bench, Mishap, TruePost } from './bench.ts'
import { call, handle } from './kit.ts'

const EPOCH = new Date(0)
const NO_ID = PlatformId.parse('100000000000000000')

const itemsOf = <T>(list: ListReading<T>): readonly T[] => {
  if (list.kind !== 'read') throw new Error(`It was not read: ${JSON.stringify(list)}`)
  return list.items
}

/** Posts written behind the adapter's back, so that reading is tried by itself. */
const write = async (
  bench: Bench,
  who: string,
  texts: readonly string[],
  inReplyTo?: string,
): Promise<readonly PlatformId[]> => {
  const ids: PlatformId[] = []
  for (const text of texts)
    ids.push(
      PlatformId.parse(
        await bench.somebodyPosts({ handle: who, text, ...(inReplyTo === undefined ? {} : { inReplyTo }) }),
      ),
    )
  return ids
}

const truthOf = async (bench: Bench, id: string): Promise<TruePost> => {
  const found = (await bench.truth()).find((post) => post.id === id)
  if (!found) throw new Error(`The platform does not hold ${id}.`)
  return found
}

const readFigures = async (session: PlatformSession, id: PlatformId, author: string) => {
  const reading = await session.readPost({ platformId: id, author }, call())
  if (reading.kind !== 'read') throw new Error(JSON.stringify(reading))
  return reading.metrics
}

const wanted = (text: string, more: Partial<OwnPostQuery> = {}): OwnPostQuery => ({
  text,
  parent: null,
  notBefore: new Date(Date.now() - 60_000),
  taken: new Set(),
  ...more,
})

/** What every adapter must do when it reads. */
export const reading = (bench: () => Bench): void => {
  afterEach(() => bench().calm())

  describe('reading a post', () => {
    it('reads the figures that the platform holds, between two looks at them', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const [id = NO_ID] = await write(bench(), who, ['How many saw this?'])
      await write(bench(), other, ['I did', 'I did too'], id)
      const before = await truthOf(bench(), id)
      const seen = await readFigures(session, id, who)
      const after = await truthOf(bench(), id)
      for (const figure of ['replies', 'reposts', 'likes', 'bookmarks', 'views'] as const) {
        expect(seen[figure], figure).toBeGreaterThanOrEqual(before.metrics[figure])
        expect(seen[figure], figure).toBeLessThanOrEqual(after.metrics[figure])
      }
    })

    it('reads the post in a conversation, and what it answers', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const [first = ''] = await write(bench(), other, ['What time is it?'])
      const [second = NO_ID] = await write(bench(), who, ['Half past\n\nfour 🕟'], first)
      expect(await session.readPost({ platformId: second, author: who }, call())).toMatchObject({
        kind: 'read',
        post: {
          platformId: second,
          author: who,
          text: 'Half past\n\nfour 🕟',
          inReplyTo: first,
          url: bench().adapter.urlOf({ handle: who }, second),
        },
      })
    })

    it('says that a post is deleted, or never was', async () => {
      const who = handle()
      const session = await bench().session(who)
      const [id = NO_ID] = await write(bench(), who, ['Soon gone'])
      await bench().remove(id)
      expect(await session.readPost({ platformId: id, author: who }, call())).toEqual({ kind: 'deleted' })
      const never = PlatformId.parse('1000000000000000001')
      expect(await session.readPost({ platformId: never, author: who }, call())).toEqual({ kind: 'deleted' })
    })

    it('does not take a post by another author', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const [id = NO_ID] = await write(bench(), other, ['Mine'])
      expect(await session.readPost({ platformId: id, author: who }, call())).toMatchObject({ kind: 'unreadable' })
    })

    it.each<[Mishap, object]>([
      ['signed_out', { kind: 'session', trouble: 'signed_out' }],
      ['challenge', { kind: 'session', trouble: 'challenge' }],
      ['consent_wall', { kind: 'session', trouble: 'consent' }],
      ['page_fails', { kind: 'unreadable' }],
      // Known from the connection, and not from a time that ran out.
      ['page_breaks_off', { kind: 'unreadable', detail: expect.stringContaining('the answer broke off') }],
    ])('%s is no reading', async (mishap, expected) => {
      const who = handle()
      const session = await bench().session(who)
      const [id = NO_ID] = await write(bench(), who, [`Unreadable: ${mishap}`])
      await bench().mishap(mishap)
      expect(await session.readPost({ platformId: id, author: who }, call())).toMatchObject(expected)
      expect(await session.readPost({ platformId: id, author: who }, call())).toMatchObject({ kind: 'read' })
    })
  })

  describe('reading the own timeline', () => {
    it('reads posts and answers, newest first, beyond the window of the list', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const [theirs = ''] = await write(bench(), other, ['A question'])
      const ids: PlatformId[] = []
      for (let n = 0; n < 45; n += 1)
        ids.push(...(await write(bench(), who, [`Number ${n} of many`], n % 9 === 0 ? theirs : undefined)))
      const list = await session.readTimeline(EPOCH, call())
      expect(list).toMatchObject({ kind: 'read', complete: true })
      expect(itemsOf(list).map((post) => post.platformId)).toEqual(ids.toReversed())
    })

    it('is empty for an account that has posted nothing, and says that it saw all of it', async () => {
      const session = await bench().session(handle())
      expect(await session.readTimeline(EPOCH, call())).toMatchObject({ kind: 'read', items: [], complete: true })
    })

    it('says when it did not see the end', async () => {
      const who = handle()
      const session = await bench().session(who)
      await write(
        bench(),
        who,
        Array.from({ length: 30 }, (_, n) => `Broken off ${n}`),
      )
      await bench().mishap('list_breaks', 99)
      const list = await session.readTimeline(EPOCH, call())
      expect(list.kind === 'read' && list.complete).toBe(false)
    })

    it.each<[Mishap, object]>([
      ['signed_out', { kind: 'session', trouble: 'signed_out' }],
      ['challenge', { kind: 'session', trouble: 'challenge' }],
      ['page_fails', { kind: 'unreadable' }],
    ])('%s is no empty timeline', async (mishap, expected) => {
      const session = await bench().session(handle())
      await bench().mishap(mishap)
      expect(await session.readTimeline(EPOCH, call())).toMatchObject(expected)
    })
  })

  describe('finding an own post', () => {
    it('finds it by its text after the platform rewrote it', async () => {
      const who = handle()
      const session = await bench().session(who)
      const text = 'Found  again 🙂 at https://www.example.com/a/long/path/that/is/cut/short'
      const [id] = await write(bench(), who, ['Something else', text, 'Another thing'].slice(0, 2))
      const list = await session.findOwnPost(wanted(text), call())
      expect(itemsOf(list)).toHaveLength(1)
      expect(itemsOf(list)[0]?.platformId).not.toBe(id)
      expect(list).toMatchObject({ complete: true })
      expect(list.kind === 'read' && list.beganAt.getTime()).toBeLessThanOrEqual(Date.now())
    })

    it('takes only the one that answers what it should', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const [one = NO_ID, two] = await write(bench(), other, ['First question', 'Second question'])
      await write(bench(), who, ['Thank you'])
      await write(bench(), who, ['Thank you'], two)
      const [answer] = await write(bench(), who, ['Thank you'], one)
      expect(
        itemsOf(await session.findOwnPost(wanted('Thank you', { parent: one }), call())).map((post) => post.platformId),
      ).toEqual([answer])
    })

    it('never takes one that belongs to another action, or is older, or is gone', async () => {
      const who = handle()
      const session = await bench().session(who)
      const [taken = NO_ID] = await write(bench(), who, ['Said twice'])
      expect(itemsOf(await session.findOwnPost(wanted('Said twice', { taken: new Set([taken]) }), call()))).toEqual([])
      const later = { notBefore: new Date(Date.now() + 3_600_000) }
      expect(itemsOf(await session.findOwnPost(wanted('Said twice', later), call()))).toEqual([])
      await bench().remove(taken)
      expect(await session.findOwnPost(wanted('Said twice'), call())).toMatchObject({ items: [], complete: true })
    })

    it('does not see what the list does not show yet, and says when its look began', async () => {
      const who = handle()
      const session = await bench().session(who)
      await write(bench(), who, ['Not yet listed'])
      await bench().mishap('list_lags', 99)
      const before = new Date()
      const list = await session.findOwnPost(wanted('Not yet listed'), call())
      expect(list).toMatchObject({ kind: 'read', items: [] })
      expect(list.kind === 'read' && list.beganAt >= before).toBe(true)
    })
  })

  describe('reading mentions', () => {
    it('reads who named or answered us, newest first, and nobody else', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const [ours = ''] = await write(bench(), who, ['Ask me'])
      const [named] = await write(bench(), other, [`Hello @${who}, are you there?`])
      const [answered] = await write(bench(), other, ['An answer without a name'], ours)
      await write(bench(), other, ['To nobody', `Hello @${who}_2`])
      await write(bench(), who, [`Myself @${who}`])
      const list = await session.readMentions(null, call())
      expect(list).toMatchObject({ kind: 'read', complete: true })
      expect(itemsOf(list).map(({ platformId, author, text }) => ({ platformId, author, text }))).toEqual([
        { platformId: answered, author: other, text: 'An answer without a name' },
        { platformId: named, author: other, text: `Hello @${who}, are you there?` },
      ])
      expect(itemsOf(await session.readMentions(named ?? null, call())).map((mention) => mention.platformId)).toEqual([
        answered,
      ])
    })

    it('reads the whole of a long mention', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const text = `@${who} ${'a long story about the harbour and its boats '.repeat(10)}the end`
      await write(bench(), other, [text])
      expect(itemsOf(await session.readMentions(null, call())).map((mention) => mention.text)).toEqual([text])
    })
  })

  describe('reading the own profile', () => {
    it('sees the label of an automated account, whom it names, and that there is none', async () => {
      const who = handle()
      const session = await bench().session(who)
      expect(await session.readProfile(call())).toEqual({ kind: 'read', automatedBy: null })
      await bench().label(who, 'its_human')
      expect(await session.readProfile(call())).toEqual({ kind: 'read', automatedBy: 'its_human' })
      await bench().mishap('page_fails')
      expect(await session.readProfile(call())).toMatchObject({ kind: 'unreadable' })
    })
  })

  describe('checking a session', () => {
    it('is ready when it is signed in', async () => {
      const session = await bench().session(handle())
      expect(await session.checkSession(call())).toEqual({ kind: 'ready' })
    })

    it.each<[Mishap, string]>([
      ['signed_out', 'signed_out'],
      ['challenge', 'challenge'],
      ['consent_wall', 'consent'],
    ])('says %s', async (mishap, trouble) => {
      const session = await bench().session(handle())
      await bench().mishap(mishap)
      expect(await session.checkSession(call())).toMatchObject({ kind: 'session', trouble })
    })
  })
}
