import { describe, expect, it } from 'vitest'
import { isWhole, judge, type Expected, type LedgerPost, type RecordedSegment } from '../../src/demo/judge.ts'

const post = (id: string, text: string, inReplyTo: string | null = null, handle = 'ada_builds'): LedgerPost => ({
  id,
  handle,
  text,
  inReplyTo,
  createdAt: '2026-01-01T00:00:00.000Z',
  deletedAt: null,
})
const row = (platformId: string, postId: string, index: number, readings = 1): RecordedSegment => ({
  postId,
  index,
  platformId,
  recordedAt: '2026-01-01T00:00:01.000Z',
  readings,
})
const expected: Expected = {
  handles: ['ada_builds'],
  before: new Set(['old']),
  posts: [{ postId: 'p', handle: 'ada_builds', segments: ['one', 'two'] }],
  mentions: [{ platformId: 'm', handle: 'ada_builds' }],
}
const ledger = [
  post('old', 'before'),
  post('1', 'one'),
  post('2', 'two', '1'),
  post('m', '@ada_builds hi', null, 'bob'),
  post('3', 'answer', 'm'),
]
const rows = [row('1', 'p', 0), row('2', 'p', 1), row('3', 'q', 0)]

describe('the judge', () => {
  it('finds everything live, recorded and measured', () => {
    const verdict = judge(expected, ledger, rows)
    expect(verdict).toEqual({ posts: 1, segments: 3, live: 3, duplicates: 0, recorded: 3, measured: 3, replies: 1 })
    expect(isWhole(verdict)).toBe(true)
  })
  it('counts a second copy as a duplicate, and a second answer too', () => {
    expect(judge(expected, [...ledger, post('4', 'one')], rows).duplicates).toBe(1)
    expect(judge(expected, [...ledger, post('4', 'again', 'm')], rows)).toMatchObject({ duplicates: 1, replies: 1 })
  })
  it('does not count a segment that answers the wrong post', () => {
    const verdict = judge(expected, [post('1', 'one'), post('2', 'two', 'm'), post('3', 'answer', 'm')], rows)
    expect(verdict.live).toBe(2)
    expect(isWhole(verdict)).toBe(false)
  })
  it('does not count what was deleted, or recorded under another post', () => {
    expect(
      judge(
        expected,
        ledger.map((p) => (p.id === '2' ? { ...p, deletedAt: 'x' } : p)),
        rows,
      ).live,
    ).toBe(2)
    expect(judge(expected, ledger, [row('1', 'other', 0), row('2', 'p', 1), row('3', 'q', 0)]).recorded).toBe(2)
  })
  it('does not count as measured what has no reading', () => {
    expect(judge(expected, ledger, [row('1', 'p', 0, 0), row('2', 'p', 1), row('3', 'q', 0)]).measured).toBe(2)
  })
})
