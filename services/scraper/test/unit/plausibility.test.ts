import { describe, expect, it } from 'vitest'
import type { Metrics } from '@surepost/shared/contracts'
import { isEmpty, suspicion } from '../../src/plausibility.ts'

const metrics = (more: Partial<Metrics>): Metrics => ({
  replies: null,
  reposts: null,
  quotes: null,
  likes: null,
  bookmarks: null,
  views: null,
  ...more,
})

describe('a reading', () => {
  it('with more likes than views is suspect', () => {
    expect(suspicion(metrics({ likes: 11, views: 10 }))).toBe('11 likes with 10 views')
  })
  it('is believed when interactions stay within the views, or views are not shown', () => {
    expect(suspicion(metrics({ likes: 10, views: 10 }))).toBeNull()
    expect(suspicion(metrics({ likes: 11 }))).toBeNull()
  })
  it.each([
    ['falls', { likes: 50, views: 900 }, { likes: 100, views: 900 }, 'likes fell from 100 to 50'],
    ['is viewed less', { likes: 5, views: 899 }, { likes: 5, views: 900 }, 'views fell from 900 to 899'],
    ['is suddenly nothing', { likes: 0, views: 900 }, { likes: 5, views: 900 }, 'likes were 5 and are suddenly 0'],
  ])('that %s is suspect, with the figures that say so', (_, now, before, why) => {
    expect(suspicion(metrics(now), { last: metrics(before) })).toBe(why)
  })
  it('is believed when it grows, or when a figure is not shown on either side', () => {
    expect(suspicion(metrics({ likes: 6 }), { last: metrics({ likes: 5, views: 900 }) })).toBeNull()
    expect(suspicion(metrics({ likes: 6, views: 10 }), { last: metrics({}) })).toBeNull()
    expect(suspicion(metrics({ likes: 6, views: 10 }), { last: null })).toBeNull()
  })
  it('that is a little less is believed once a second one shows it too, and views never', () => {
    const [last, now] = [metrics({ likes: 100, views: 900 }), metrics({ likes: 97, views: 900 })]
    expect(suspicion(now, { last })).toBe('likes fell from 100 to 97')
    expect(suspicion(now, { last, doubted: now })).toBeNull()
    expect(suspicion(metrics({ likes: 50, views: 900 }), { last, doubted: metrics({ likes: 50 }) })).not.toBeNull()
    expect(
      suspicion(metrics({ likes: 0 }), { last: metrics({ likes: 2 }), doubted: metrics({ likes: 0 }) }),
    ).not.toBeNull()
    expect(suspicion(metrics({ views: 899 }), { last, doubted: metrics({ views: 899 }) })).not.toBeNull()
  })
  it('without any figure is no reading, while a zero is one', () => {
    expect(isEmpty(metrics({}))).toBe(true)
    expect(isEmpty(metrics({ likes: 0 }))).toBe(false)
  })
})
