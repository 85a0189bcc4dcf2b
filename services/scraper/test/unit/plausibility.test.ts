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
  it('without any figure is no reading, while a zero is one', () => {
    expect(isEmpty(metrics({}))).toBe(true)
    expect(isEmpty(metrics({ likes: 0 }))).toBe(false)
  })
})
