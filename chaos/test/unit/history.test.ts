import { describe, expect, it } from 'vitest'
import { historyOf, sentenceOf } from '../../src/judge/history.ts'

const fact = (id: string, at: string, type: string, body: unknown) => ({
  id,
  at: `2026-01-01T00:00:${at}Z`,
  type,
  body,
})

describe('the history of a post', () => {
  it('is told in order, whatever order its facts came in', () => {
    expect(
      historyOf([
        fact('c', '03.000', 'post.segment_published', { segment: 0, platformId: '123', source: 'response' }),
        fact('a', '01.500', 'post.submitted', { content: { segments: [{}, {}] }, scheduledAt: null }),
        fact('b', '02.000', 'post.segment_begun', { segment: 0, attempt: 1 }),
      ]),
    ).toEqual([
      '00:00:01.500  was accepted, 2 segment(s)',
      '00:00:02.000  segment 1 was begun, attempt 1',
      '00:00:03.000  segment 1 is live as 123 (response)',
    ])
  })

  it('gives the reason where there is one', () => {
    expect(
      sentenceOf(fact('a', '01.000', 'post.segment_unknown', { segment: 1, attempt: 2, reason: 'its lease ended' })),
    ).toBe('00:00:01.000  segment 2 ended unseen, attempt 2: its lease ended')
  })

  it('names a type that it has no words for', () => {
    expect(sentenceOf(fact('a', '01.000', 'post.something_new', null))).toBe('00:00:01.000  post.something_new')
  })
})
