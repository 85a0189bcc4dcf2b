import { readPost, sameText, textHash } from '@surepost/platforms'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { article } from '../../src/views/article.ts'
import { renderText } from '../../src/views/text.ts'
import type { Account, Post } from '../../src/world/model.ts'

const ID = '1990000000000000001'
const NOW = new Date('2026-01-31T12:00:00.000Z')
const NONE = { replies: 0, reposts: 0, quotes: 0, likes: 0, bookmarks: 0, views: 1 }
const AUTHOR: Account = {
  handle: 'anna',
  name: 'Anna',
  bio: '',
  joinedAt: NOW,
  automatedBy: null,
  authToken: '',
  ct0: '',
}

/** A text's whole way: into a page, and out of it by the reader. */
const shown = (text: string, change: (html: string) => string = (html) => html): string => {
  const post: Post = { id: ID, handle: 'anna', text, inReplyTo: null, quotes: null, createdAt: NOW, media: [], deletedAt: null, pinned: false,
    promoted: false, fixed: null } // prettier-ignore
  const mine = { liked: false, reposted: false, bookmarked: false, own: true }
  const view = { post, author: AUTHOR, figures: NONE, mine, answering: undefined, quoted: undefined }
  const page = `<!doctype html><body>${change(article(view, { now: NOW, focal: true }).html)}</body>`
  const reading = readPost(page, { handle: 'anna', platformId: ID })
  if (reading.kind !== 'read') throw new Error(JSON.stringify(reading))
  return reading.post.text
}

const plain = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9äöüßéñçøжшяλ',.!?;:()"“”—&<>%*+=~^$-]{1,14}$/u),
  fc.constantFrom(
    '世界',
    'こんにちは',
    '안녕하세요',
    'مرحبا',
    'नमस्ते',
    'fish & chips',
    '<b>not bold</b>',
    '&amp;',
    '…',
    'a…b',
    'x@y',
    '#',
    '@',
    '1.5',
    'e.g.',
    '50%',
    '\u00a0',
    '\t',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
)
const emoji = fc.constantFrom('😀', '❤️', '👨‍👩‍👧', '👍🏽', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇫🇷', '1️⃣', '☕', '✈️')
const address = fc
  .tuple(
    fc.constantFrom('https://', 'http://', 'https://www.', ''),
    fc.constantFrom('example.com', 'sub.example.org', 'Example.net', 'a-b.dev'),
    fc.stringMatching(/^(?:\/[a-zA-Z0-9_-]{1,20}){0,4}(?:\?[a-z]=[0-9]{1,4}(?:&[a-z]=[0-9]{1,4})?)?(?:#[a-z]{1,6})?$/u),
  )
  .map((parts) => parts.join(''))
const tag = fc.constantFrom('#tides', '#日本', '@anna', '@some_body', '@x!')
const token = fc.oneof(
  { weight: 5, arbitrary: plain },
  { weight: 2, arbitrary: emoji },
  { weight: 2, arbitrary: address },
  tag,
)
const gap = fc.constantFrom(' ', '  ', '\n', '\n\n', '\n\n\n\n', ' \n ')
const text = fc
  .array(fc.tuple(token, gap), { minLength: 1, maxLength: 14 })
  .map((parts) => parts.flat().join(''))
  .filter((value) => value.trim() !== '')

const withoutHidden = (html: string): string =>
  html.replaceAll(/<span aria-hidden="true" class="unseen">[^<]*<\/span>/gu, '')

// Each run goes through a whole page and its reader, a few milliseconds on a quiet machine.
describe('a text on a page', { timeout: 60_000 }, () => {
  it('is known for what was sent, whatever it holds', () => {
    fc.assert(
      fc.property(text, (sent) => {
        expect(sameText(sent, shown(sent)), JSON.stringify(shown(sent))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('has the hash of what was sent', () => {
    fc.assert(
      fc.property(text, (sent) => {
        expect(textHash(shown(sent))).toBe(textHash(sent))
      }),
      { numRuns: 60 },
    )
  })

  it('is known for what was sent when the page does not even hold the hidden parts of addresses', () => {
    const spaced = fc.array(fc.oneof(fc.constantFrom('good', 'morning', 'to', 'you', '世界'), emoji, address), {
      minLength: 1,
      maxLength: 10,
    })
    fc.assert(
      fc.property(spaced, (parts) => {
        const sent = parts.join(' ')
        expect(sameText(sent, shown(sent, withoutHidden)), shown(sent, withoutHidden)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is never known for a text with another word in it', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/u)
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, emoji, address), { minLength: 1, maxLength: 10 }),
        fc.nat(),
        word,
        (parts, at, other) => {
          const changed = parts.with(at % parts.length, other)
          fc.pre(changed.join(' ') !== parts.join(' '))
          expect(sameText(parts.join(' '), shown(changed.join(' ')))).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('shows emoji as images, addresses shortened, mentions and hashtags as links, and nothing as markup', () => {
    const { html } = renderText('Hi 😀 https://www.example.com/a/long/path/that/is/cut @anna #tides <script>')
    expect(html).toMatch(/<img\s+alt="😀"/u)
    expect(html).toContain('>https://www.</span>example.com/a/long/path/tha<span')
    expect(html).toContain('>…</span></a')
    expect(html).toContain('<a dir="ltr" href="/anna" role="link">@anna</a>')
    expect(html).toContain('>#tides</a>')
    expect(html).toContain('&lt;script&gt;')
  })
})
