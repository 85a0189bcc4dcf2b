import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPost, readTimeline } from '../../src/index.ts'
import { type Drawn, type Shows, LOCALES, pageOf } from './page.ts'

const RUNS = 25
/** Each run parses a whole page; on a busy machine that takes a while. In milliseconds. */
const TIMEOUT = 60_000

const HANDLE = 'surepost_demo'
const count = fc.oneof(fc.nat({ max: 1_200 }), fc.nat({ max: 2_000_000_000 }))
const figures = fc.record({ replies: count, reposts: count, likes: count, bookmarks: count, views: count })
const locale = fc.constantFrom(...LOCALES)
const ids = fc
  .uniqueArray(fc.bigInt({ min: 10n ** 17n, max: 9n * 10n ** 18n }), { minLength: 6, maxLength: 6 })
  .map((found) => found.map(String))
const words = fc.constantFrom(
  'Ten days on one charge.',
  'This Post was deleted by the Post author.',
  'Something went wrong. Try reloading.',
  '1,234 likes & 99 views <b>',
  'Hmm...this page doesn’t exist. Account suspended',
)

/** A page around one post of ours: what it quotes, its parent, an answer to it, an advertisement. */
const page = (shows: readonly Shows[]) =>
  fc.record({ ids, locale, ours: figures, others: figures, text: words, otherText: words }).map((made) => {
    const [id = '', parent = '', answer = '', promoted = '', quote = '', pinned = ''] = made.ids
    const other = { text: made.otherText, figures: made.others, shows: ['group', 'buttons', 'text'] as const }
    const ours: Drawn = {
      id,
      handle: HANDLE,
      text: made.text,
      figures: made.ours,
      shows,
      focal: true,
      quote: { ...other, id: quote, handle: HANDLE },
    }
    const around = {
      above: { ...other, id: parent, handle: 'somebody' },
      ad: { ...other, id: promoted, handle: HANDLE, ad: true },
      pinned: { ...other, id: pinned, handle: HANDLE, context: 'Pinned' },
      reposted: { ...other, id: quote, handle: HANDLE, context: 'You reposted' },
      below: { ...other, id: answer, handle: 'third_person' },
    }
    return { ...made, id, ours, around }
  })

const readOurs = (made: {
  id: string
  ours: Drawn
  around: Record<string, Drawn>
  locale: (typeof LOCALES)[number]
}) => {
  const { above, ad, below } = made.around as { above: Drawn; ad: Drawn; below: Drawn }
  const html = pageOf([above, made.ours, ad, below], made.locale)
  const url = `https://x.com/${HANDLE}/status/${made.id}`
  return { html, reading: readPost(html, { handle: HANDLE, platformId: made.id, url }), above }
}

describe('whatever the language, the figures and what stands around it', () => {
  it.each<[string, readonly Shows[]]>([
    ['the label of the group', ['group']],
    ['the labels of the buttons', ['buttons']],
    ['all labels, and abbreviated text beside them', ['group', 'buttons', 'text']],
  ])(
    'a post is read exactly by %s',
    (_, shows) => {
      fc.assert(
        fc.property(page(shows), (made) => {
          const { reading, above } = readOurs(made)
          expect(reading).toMatchObject({
            kind: 'read',
            post: { platformId: made.id, author: HANDLE, text: made.text, inReplyTo: above.id },
            metrics: { ...made.ours.figures, quotes: null },
          })
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT,
  )

  it(
    'a post is read to the precision of abbreviated text when there is no label',
    () => {
      fc.assert(
        fc.property(page(['text']), (made) => {
          const { reading } = readOurs(made)
          if (reading.kind !== 'read') throw new Error(JSON.stringify(reading))
          for (const figure of ['replies', 'reposts', 'likes', 'bookmarks', 'views'] as const) {
            const wanted = made.ours.figures[figure]
            expect(Math.abs((reading.metrics[figure] ?? Number.NaN) - wanted)).toBeLessThanOrEqual(
              Math.max(0.5, wanted * 0.06),
            )
          }
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT,
  )

  it(
    'figures that are not shown are null, every one',
    () => {
      fc.assert(
        fc.property(page([]), (made) => {
          const { reading } = readOurs(made)
          const none = { replies: null, reposts: null, quotes: null, likes: null, bookmarks: null, views: null }
          expect(reading).toMatchObject({ kind: 'read', metrics: none })
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT,
  )

  it(
    'a post that is not on the page is not read from another, and is not called deleted by somebody’s words',
    () => {
      fc.assert(
        fc.property(page(['group']), (made) => {
          const { html } = readOurs(made)
          const quoted = made.ours.quote?.id ?? ''
          expect(readPost(html, { handle: HANDLE, platformId: quoted })).toMatchObject({ kind: 'unreadable' })
          expect(readPost(html, { handle: 'somebody', platformId: made.id })).toMatchObject({ cause: 'wrong_author' })
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT,
  )

  it(
    'a profile lists what is its own: no parents, advertisements, reposts or quoted posts',
    () => {
      fc.assert(
        fc.property(page(['buttons']), (made) => {
          const { above, ad, pinned, reposted, below } = made.around
          const html = pageOf([pinned, above, made.ours, ad, reposted, below] as Drawn[], made.locale, HANDLE)
          const reading = readTimeline(html)
          if (reading.kind !== 'read') throw new Error(JSON.stringify(reading))
          expect(reading.items.map((item) => [item.platformId, item.pinned])).toEqual([
            [pinned.id, true],
            [made.id, false],
          ])
          expect(reading.items[1]?.metrics).toMatchObject(made.ours.figures)
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT,
  )
})
