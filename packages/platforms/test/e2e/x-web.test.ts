import { PlatformId } from '@surepost/shared/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SegmentDraft } from '../../src/index.ts'
import { call, handle } from '../conformance/kit.ts'
import { articleOf } from '../../src/x/locate.ts'
import { fixture } from '../unit/fixture.ts'
import { type XBench, xBench } from './x-bench.ts'

const draft = (text: string): SegmentDraft => ({ text, media: [], parent: null })

describe('the X web adapter', () => {
  let bench: XBench
  beforeAll(async () => {
    bench = await xBench()
  })
  afterEach(async () => {
    await bench.calm()
    await bench.context()?.close()
  })
  afterAll(() => bench[Symbol.asyncDispose]())

  it('leaves the outcome unknown when it is stopped between the click and the answer', async () => {
    const who = handle()
    const session = await bench.session(who)
    const fault = bench.site.faults.add({ kind: 'delay', delayMs: 3_000, handle: who })
    const stop = new AbortController()
    const publishing = session.publishSegment(draft('Stopped too late'), { signal: stop.signal })
    await expect.poll(() => fault.struck, { timeout: 60_000 }).toBe(1)
    stop.abort()
    expect(await publishing).toMatchObject({ outcome: 'unknown' })
  })

  it('does not use a session that is somebody else’s', async () => {
    const [who, other] = [handle(), handle()]
    await bench.session(other)
    const context = bench.context()
    if (!context) throw new Error('There is no context.')
    const session = bench.adapter.open({ kind: 'browser', context }, { handle: who })
    const detail = `The session is @${other}'s, not @${who}'s.`
    expect(await session.publishSegment(draft('Not as me'), call())).toEqual({
      outcome: 'not_created',
      refusal: { kind: 'session', trouble: 'signed_out', detail },
    })
    expect(await bench.truth()).not.toContainEqual(expect.objectContaining({ text: 'Not as me' }))
  })

  it('posts from the page’s own composer when there is no dialog', async () => {
    const who = handle()
    const session = await bench.session(who)
    bench.site.faults.add({ kind: 'no_dialog', count: 1, matching: '/compose/post' })
    expect(await session.publishSegment(draft('Without a dialog'), call())).toMatchObject({ outcome: 'created' })
    expect((await bench.truth()).filter((post) => post.handle === who)).toMatchObject([{ text: 'Without a dialog' }])
  })

  it('waits for a list that loads on slowly, longer than it takes a list for ended', async () => {
    const who = handle()
    const session = await bench.session(who)
    for (let n = 0; n < 45; n += 1) bench.site.world.addPost({ handle: who, text: `Slow ${n}` })
    bench.site.faults.add({ kind: 'slow_list', delayMs: 2_000 })
    const list = await session.readTimeline(new Date(0), call())
    expect(list).toMatchObject({ kind: 'read', complete: true })
    expect(list.kind === 'read' && list.items.length).toBe(45)
  })

  it('tells a post from one that quotes it', async () => {
    const ours = fixture('status-with-card').replaceAll('1981398750557065646', '1983129251856470493')
    await bench.session(handle())
    const page = await bench.context()?.newPage()
    if (!page) throw new Error('There is no page.')
    await page.setContent(`${fixture('quote')}${ours}`)
    const driver = { page, signal: call().signal }
    const found = await articleOf(driver, PlatformId.parse('1983129251856470493'))
    expect(await found?.innerText()).toContain('The ferry')
    expect(await articleOf(driver, PlatformId.parse('1983129251856470494'))).toBeUndefined()
  })

  it('lists what is ours: not what we answer, repost or are shown for money, and what is pinned only once', async () => {
    const [who, other] = [handle(), handle()]
    const session = await bench.session(who)
    const { world } = bench.site
    world.addAccount(other, 'Other')
    const theirs = world.addPost({ handle: other, text: 'A question' })
    const pinned = world.addPost({ handle: who, text: 'Pinned' })
    const answer = world.addPost({ handle: who, text: 'An answer', inReplyTo: theirs.id })
    const plain = world.addPost({ handle: who, text: 'A post', quotes: theirs.id })
    world.addPost({ handle: other, text: 'Buy boats', promoted: true })
    world.pin(pinned.id, true)
    world.mark(theirs.id, who, 'repost', true)
    const list = await session.readTimeline(new Date(0), call())
    const ids = list.kind === 'read' ? list.items.map(({ platformId }) => platformId) : []
    expect(ids).toEqual([plain.id, answer.id, pinned.id])
  })

  it('says which selector found nothing', async () => {
    const session = await bench.session(handle())
    bench.site.faults.add({ kind: 'page_error', count: 1 })
    const result = await session.publishSegment(draft('No page'), call())
    expect(result).toMatchObject({
      refusal: { kind: 'trouble', detail: expect.stringContaining('Waited for textBox') as string },
    })
  })

  it('says when a limit ends that only the page’s own calls meet', async () => {
    const session = await bench.session(handle())
    bench.site.faults.add({ kind: 'list_rate_limit', delayMs: 600_000 })
    const before = Date.now()
    const list = await session.readTimeline(new Date(0), call())
    expect(list.kind === 'throttled' && list.until.getTime() - before).toBeGreaterThan(500_000)
  })

  it('reads what a page limits as throttled, until the moment that it names', async () => {
    const session = await bench.session(handle())
    bench.site.faults.add({ kind: 'page_rate_limit', delayMs: 600_000 })
    expect(await session.checkSession(call())).toMatchObject({ kind: 'throttled', until: expect.any(Date) as Date })
  })

  it('leaves no page open but the one that it reads posts with, whatever came of it', async () => {
    const who = handle()
    const session = await bench.session(who)
    const id = PlatformId.parse(await bench.somebodyPosts({ handle: who, text: 'Pages' }))
    await session.readPost({ platformId: id, author: who }, call())
    await session.readPost({ platformId: id, author: who }, call())
    await session.publishSegment(draft('More pages'), call())
    await bench.mishap('answer_lost')
    await session.publishSegment(draft('And more'), call())
    await session.findOwnPost({ text: 'Pages', parent: null, notBefore: new Date(0), taken: new Set() }, call())
    expect(
      bench
        .context()
        ?.pages()
        .map((page) => page.url()),
    ).toEqual([expect.stringContaining(id)])
  })

  it('refuses access of another kind', () => {
    expect(() => bench.adapter.open({ kind: 'http', fetch }, { handle: 'anybody' })).toThrow(/browser context/u)
  })
})
