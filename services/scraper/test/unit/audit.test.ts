import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlatformId, newPostId } from '@surepost/shared/contracts'
import type { ScopedSegment } from '@surepost/shared/database'
import { sameText, type SeenPost } from '@surepost/platforms'
import { type OwnPage, hasGaps, judge, listsOf } from '../../src/audit/judge.ts'
import { type SameText, isRecorded, sortSeen } from '../../src/audit/sort.ts'

const T0 = new Date('2026-11-25T12:00:00.000Z')
const at = (seconds: number): Date => new Date(T0.getTime() + seconds * 1_000)
const idOf = (n: number): PlatformId => PlatformId.parse(String(1_990_000_000_000_000_000n + BigInt(n)))
const since = at(-3_600)
const began = at(3_600)
const same: SameText = ({ text }, shown) => sameText(text, shown)

const segment = (n: number, more: Partial<ScopedSegment> = {}): ScopedSegment => ({
  postId: newPostId(),
  segment: 0,
  revision: 1,
  text: `text number ${n}`,
  parent: null,
  isReply: false,
  platformId: idOf(n),
  publishedAt: at(n),
  notBefore: at(n - 1),
  gone: false,
  underWay: false,
  ...more,
})
const shown = (n: number, more: Partial<SeenPost> = {}): SeenPost => ({
  platformId: idOf(n),
  author: 'ada',
  text: `text number ${n}`,
  createdAt: at(n),
  url: `https://x.com/ada/status/${idOf(n)}`,
  inReplyTo: null,
  pinned: false,
  ...more,
})

/** An audit of these segments and posts, with what the own pages of recorded ids say where they are asked. */
const audit = (
  segments: readonly ScopedSegment[],
  seen: readonly SeenPost[],
  pages: Record<string, OwnPage> = {},
  others: { postId: ScopedSegment['postId']; segment: number; platformId: PlatformId }[] = [],
) => {
  const sorted = sortSeen({ segments: [...segments], others }, seen, { since, began }, same)
  const doubtful = sorted.doubtful.map((one) => [one, pages[one.platformId] ?? 'gone'] as const)
  const findings = judge({ ...sorted, segments, doubtful }, began, same)
  return { findings, lists: listsOf(findings), gaps: hasGaps(listsOf(findings)) }
}

describe('an audit', () => {
  it('finds nothing where both sides say the same', () => {
    expect(audit([segment(1), segment(2)], [shown(2), shown(1)]).gaps).toBe(false)
  })

  it('recovers a live post whose id was never recorded, by text and time', () => {
    const lost = segment(1, { platformId: null, publishedAt: null })
    expect(audit([lost], [shown(7, { text: 'text number 1' })]).lists.recovered).toEqual([
      { postId: lost.postId, segment: 0, platformId: idOf(7) },
    ])
  })

  it('does not take a post from before the segment could have been created', () => {
    const lost = segment(1, { platformId: null, publishedAt: null, notBefore: at(1_000) })
    const { lists } = audit([lost], [shown(7, { text: lost.text })])
    expect([lists.recovered, lists.foreign.length]).toEqual([[], 1])
  })

  it('does not take an answer for a post, nor an answer to another', () => {
    const answer = segment(1, { platformId: null, publishedAt: null, isReply: true, parent: idOf(50) })
    const post = segment(2, { platformId: null, publishedAt: null, text: answer.text })
    const { lists } = audit(
      [answer, post],
      [
        shown(7, { text: answer.text, inReplyTo: idOf(51) }),
        shown(8, { text: answer.text, inReplyTo: idOf(50) }),
        shown(9, { text: answer.text }),
      ],
    )
    expect(lists.recovered.map(({ postId, platformId }) => [postId, platformId])).toEqual([
      [answer.postId, idOf(8)],
      [post.postId, idOf(9)],
    ])
    expect(lists.foreign.map(({ platformId }) => platformId)).toEqual([idOf(7)])
  })

  it('leaves what is being published right now to its publisher', () => {
    const fresh = segment(1, { platformId: null, publishedAt: null, underWay: true })
    const post = shown(7, { text: fresh.text, createdAt: new Date(began.getTime() - 10_000) })
    expect(audit([fresh], [post]).gaps).toBe(false)
    expect(audit([fresh], [shown(7, { text: fresh.text })]).lists.recovered).toHaveLength(1)
  })

  it('says missing only of what its own page says is gone', () => {
    const posts = [segment(1), segment(2), segment(3)]
    const { findings } = audit(posts, [], { [idOf(1)]: 'gone', [idOf(2)]: 'alive', [idOf(3)]: 'unread' })
    expect(findings.missing.map(({ platformId }) => platformId)).toEqual([idOf(1)])
    expect(findings.unread.map(({ platformId }) => platformId)).toEqual([idOf(3)])
  })

  it('asks nothing of what is known to be gone, or lies outside of its window', () => {
    const outside = segment(4, { publishedAt: at(-9_000), notBefore: at(-9_001) })
    expect(audit([segment(1, { gone: true }), outside], [shown(4, { createdAt: at(-9_000), pinned: true })]).gaps).toBe(
      false,
    )
  })

  it('corrects an id that is another post’s, when the true one is there', () => {
    const misnamed = segment(1, { platformId: idOf(90) })
    const { lists } = audit([misnamed], [shown(1)], { [idOf(90)]: 'another' })
    expect(lists.wrongIds).toEqual([{ postId: misnamed.postId, segment: 0, recorded: idOf(90), platformId: idOf(1) }])
    expect([lists.foreign, lists.missing, lists.duplicates]).toEqual([[], [], []])
  })

  it('doubts an id that is another post’s, when the true one is not there', () => {
    const misnamed = segment(1, { platformId: idOf(90) })
    const { lists } = audit([misnamed], [shown(90, { text: 'something else' })], { [idOf(90)]: 'another' })
    expect(lists.wrongIds).toEqual([{ postId: misnamed.postId, segment: 0, recorded: idOf(90), platformId: null }])
  })

  it('does not take a later repeat of a deleted post for it', () => {
    const { lists } = audit([segment(1)], [shown(7, { text: 'text number 1', createdAt: at(1_800) })])
    expect([lists.missing.length, lists.foreign.length, lists.wrongIds.length]).toEqual([1, 1, 0])
  })

  it('lists a second copy, also one whose id was recorded as a contradiction', () => {
    const [one, two] = [segment(1), segment(2)]
    const others = [{ postId: two.postId, segment: 0, platformId: idOf(8) }]
    const posts = [shown(1), shown(2), shown(7, { text: one.text }), shown(8, { text: two.text })]
    expect(audit([one, two], posts, {}, others).lists.duplicates).toEqual([
      { postId: two.postId, segment: 0, platformId: idOf(2), other: idOf(8) },
      { postId: one.postId, segment: 0, platformId: idOf(1), other: idOf(7) },
    ])
  })

  it('finds every planted gap and nothing else, however they are mixed', () => {
    const plant = fc.constantFrom('fine', 'unrecorded', 'missing', 'foreign', 'duplicate', 'wrong', 'lost')
    fc.assert(
      fc.property(fc.array(plant, { maxLength: 25 }), (plants) => {
        const segments: ScopedSegment[] = []
        const seen: SeenPost[] = []
        const pages: Record<string, OwnPage> = {}
        plants.forEach((kind, n) => {
          if (kind === 'foreign') return void seen.push(shown(n, { text: `by hand ${n}` }))
          if (kind === 'unrecorded') segments.push(segment(n, { platformId: null, publishedAt: null }))
          else if (kind === 'wrong' || kind === 'lost') {
            segments.push(segment(n, { platformId: idOf(n + 500) }))
            pages[idOf(n + 500)] = 'another'
          } else segments.push(segment(n))
          if (kind !== 'missing' && kind !== 'lost') seen.push(shown(n))
          if (kind === 'duplicate') seen.push(shown(n + 200, { text: `text number ${n}` }))
        })
        const { lists } = audit(segments, seen.toReversed(), pages)
        const count = (kind: string): number => plants.filter((one) => one === kind).length
        expect({
          recovered: lists.recovered.length,
          missing: lists.missing.length,
          foreign: lists.foreign.length,
          duplicates: lists.duplicates.length,
          corrected: lists.wrongIds.filter(({ platformId }) => platformId !== null).length,
          doubted: lists.wrongIds.filter(({ platformId }) => platformId === null).length,
        }).toEqual({
          recovered: count('unrecorded'),
          missing: count('missing'),
          foreign: count('foreign'),
          duplicates: count('duplicate'),
          corrected: count('wrong'),
          doubted: count('lost'),
        })
      }),
    )
  })

  it('knows which segments are recorded', () => {
    expect([segment(1), segment(2, { platformId: null, publishedAt: null })].map(isRecorded)).toEqual([true, false])
  })
})
