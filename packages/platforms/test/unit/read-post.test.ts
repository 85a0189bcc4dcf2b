import { describe, expect, it } from 'vitest'
import { readPost } from '../../src/index.ts'
import { fixture } from './fixture.ts'

const OURS = { handle: 'surepost_demo', platformId: '1990000000000000002' }

const read = (name: string, wanted: { handle: string | null; platformId: string }) => {
  const reading = readPost(fixture(name), wanted)
  if (reading.kind !== 'read') throw new Error(`${name} was not read: ${JSON.stringify(reading)}`)
  return reading
}

describe('reading a post', () => {
  it('takes the exact figures of the group label, not the abbreviated text', () => {
    const { post, metrics } = read('status-with-card', { handle: 'HarbourWatch', platformId: '1981398750557065646' })
    expect(metrics).toEqual({ replies: 48, reposts: 152, quotes: null, likes: 553, bookmarks: 9, views: 30_142 })
    expect(post).toEqual({
      platformId: '1981398750557065646',
      author: 'HarbourWatch',
      text: "The ferry's first day: what the harbour's clocks say",
      createdAt: new Date('2025-10-23T16:34:09.000Z'),
      url: 'https://x.com/HarbourWatch/status/1981398750557065646',
      inReplyTo: null,
      pinned: false,
    })
  })

  it('takes nothing of the post that it quotes', () => {
    const { post, metrics } = read('quote', { handle: 'quotinguser', platformId: '1983130065320780162' })
    expect(post.text).toBe('Worth reading twice')
    expect(post.author).toBe('QuotingUser')
    expect(post.createdAt.toISOString()).toBe('2025-10-28T11:13:47.000Z')
    expect(metrics).toEqual({
      replies: 2534,
      reposts: 4483,
      quotes: null,
      likes: 25_616,
      bookmarks: 797,
      views: 2_596_467,
    })
  })

  it('does not take the text of a quoted post for that of a post without words', () => {
    const html = fixture('quote').replace(
      /<div[^>]*data-testid="tweetText"[^>]*>.*?Worth reading twice.*?<\/div>/su,
      '',
    )
    expect(html).not.toContain('Worth reading twice')
    expect(readPost(html, { handle: null, platformId: '1983130065320780162' })).toMatchObject({ post: { text: '' } })
  })

  it('takes nothing of a quoted post that is an article of its own', () => {
    const inner = fixture('status-with-card')
    const html = fixture('quote').replace('<div data-testid="tweetPhoto">', `${inner}<div data-testid="tweetPhoto">`)
    const reading = readPost(html, { handle: 'QuotingUser', platformId: '1983130065320780162' })
    expect(reading).toMatchObject({ post: { text: 'Worth reading twice' }, metrics: { likes: 25_616 } })
  })

  it('finds the post in a conversation behind its parent, and says what it answers', () => {
    const { post, metrics, lostParent, above } = read('conversation', OURS)
    expect(post.inReplyTo).toBe('1990000000000000001')
    expect(lostParent).toBe(false)
    expect(above).toMatchObject([
      { platformId: '1990000000000000001', author: 'somebody', text: 'What time is the tide?' },
    ])
    expect(metrics).toEqual({ replies: 1, reposts: 0, quotes: null, likes: 3, bookmarks: 0, views: 57 })
  })

  it('reads emoji, whole addresses, mentions, hashtags, entities and line breaks', () => {
    expect(read('conversation', OURS).post.text).toBe(
      'Good morning 👋🏽 see https://example.org/a/rather/long/path/indeed?x=1&y=2\n\nand ask @somebody about #tides & <currents>',
    )
  })

  it('does not take what stands above a deleted parent for the parent', () => {
    const { post, lostParent, above } = read('parent-deleted', OURS)
    expect(post.inReplyTo).toBeNull()
    expect(lostParent).toBe(true)
    expect(above).toEqual([])
  })

  it('reads the parent of a conversation page as itself', () => {
    const { post, metrics } = read('conversation', { handle: 'somebody', platformId: '1990000000000000001' })
    expect(post.text).toBe('What time is the tide?')
    expect(post.inReplyTo).toBeNull()
    expect(metrics).toMatchObject({ replies: 7, likes: 12, views: 900 })
  })

  it('never turns what is not shown into 0', () => {
    const { metrics } = read('conversation', { handle: 'third_person', platformId: '1990000000000000003' })
    expect(metrics).toEqual({ replies: 0, reposts: 0, quotes: null, likes: 0, bookmarks: null, views: null })
  })

  it('falls back to the abbreviated text, in the language of the page', () => {
    const { metrics } = read('abbreviated-only', { handle: 'ohne_gruppe', platformId: '1990000000000000077' })
    expect(metrics).toEqual({
      replies: 1234,
      reposts: 25_600,
      quotes: null,
      likes: 1_200_000,
      bookmarks: null,
      views: 3_400_000,
    })
  })

  it('refuses a post whose author is another', () => {
    expect(readPost(fixture('conversation'), { ...OURS, handle: 'someone_else' })).toMatchObject({
      kind: 'unreadable',
      cause: 'wrong_author',
    })
  })

  it('knows a post that was edited by the link to its history', () => {
    const html = fixture('status-with-card').replace(
      '/status/1981398750557065646"',
      '/status/1981398750557065646/history"',
    )
    expect(html).toContain('/history"')
    expect(readPost(html, { handle: 'HarbourWatch', platformId: '1981398750557065646' })).toMatchObject({
      kind: 'read',
      metrics: { views: 30_142 },
    })
  })

  it('knows the author by the name that is shown when no link tells it', () => {
    const html = fixture('status-with-card')
      .replaceAll('href="/HarbourWatch/status', 'href="/i/status')
      .replaceAll(/href="\/HarbourWatch"/giu, '')
    expect(readPost(html, { handle: 'HarbourWatch', platformId: '1981398750557065646' })).toMatchObject({
      kind: 'read',
    })
    expect(readPost(html, { handle: 'other', platformId: '1981398750557065646' })).toMatchObject({
      cause: 'wrong_author',
    })
  })

  it('does not take an id for a longer one that begins with it', () => {
    expect(readPost(fixture('conversation'), { ...OURS, platformId: '199000000000000000' }).kind).toBe('unreadable')
  })

  it('does not call a post deleted because its neighbour on another page is', () => {
    expect(readPost(fixture('parent-deleted'), { ...OURS, platformId: '1990000000000000555' })).toMatchObject({
      kind: 'unreadable',
      cause: 'not_loaded',
    })
  })
})

describe('a page without the post', () => {
  it.each([
    ['no-such-page', { kind: 'deleted' }],
    ['deleted', { kind: 'deleted' }],
    ['suspended', { kind: 'unreadable', cause: 'suspended' }],
    ['age-gated', { kind: 'unreadable', cause: 'age_gated' }],
    ['protected', { kind: 'unreadable', cause: 'protected' }],
    ['went-wrong', { kind: 'unreadable', cause: 'went_wrong' }],
    ['unknown-error', { kind: 'unreadable', cause: 'unknown_page' }],
    ['empty', { kind: 'unreadable', cause: 'not_loaded' }],
    ['signed-out', { kind: 'session', trouble: 'signed_out' }],
    ['consent', { kind: 'session', trouble: 'consent' }],
    ['challenge', { kind: 'session', trouble: 'challenge' }],
  ])('%s is told apart', (name, expected) => {
    expect(readPost(fixture(name), OURS)).toMatchObject(expected)
  })

  it.each([
    ['<p>Hmm...this page doesn’t exist. Try searching for something else.</p>', { kind: 'deleted' }],
    ['<p>Diese Seite existiert nicht.</p>', { kind: 'deleted' }],
    ['<p>هذه الصفحة غير موجودة.</p>', { kind: 'deleted' }],
    ['<p>This Post is from an account that no longer exists.</p>', { cause: 'withheld' }],
    ['<p>This Post is from a suspended account.</p>', { cause: 'suspended' }],
    ['<p>Что-то пошло не так. Попробуйте перезагрузить.</p>', { cause: 'went_wrong' }],
    ['<p>Checking your browser before accessing x.com</p>', { kind: 'session', trouble: 'challenge' }],
    ['<iframe src="https://challenges.cloudflare.com/turnstile"></iframe>', { kind: 'session', trouble: 'challenge' }],
    ['<button><span>Alle Cookies akzeptieren</span></button>', { kind: 'session', trouble: 'consent' }],
    ['<p>Etwas ganz anderes</p>', { cause: 'not_loaded' }],
  ])('%s is told apart', (body, expected) => {
    expect(readPost(`<html><body><main>${body}</main></body></html>`, OURS)).toMatchObject(expected)
  })

  it.each([
    ['https://x.com/i/flow/login?redirect_after_login=%2Fhome', 'signed_out'],
    ['https://x.com/account/access', 'challenge'],
    ['https://x.com/i/flow/challenge', 'challenge'],
    ['https://x.com/i/flow/verify', 'challenge'],
    ['https://x.com/account/suspended', 'suspended'],
  ])('an empty page at %s is told apart by its address', (url, trouble) => {
    expect(readPost('', { ...OURS, url })).toMatchObject({ kind: 'session', trouble })
  })

  it('says the same words in a reply without being believed', () => {
    const html = fixture('conversation').replaceAll('1990000000000000002', '1990000000000000999')
    expect(readPost(html, OURS).kind).toBe('unreadable')
  })
})
