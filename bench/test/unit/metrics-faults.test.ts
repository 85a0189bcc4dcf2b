import { expect, test } from 'vitest'
import type { Metrics } from '@surepost/shared/contracts'
import { type JudgedCheck, isWhole, judge } from '../../src/metrics-faults/judge.ts'

const figures: Metrics = { replies: 1, reposts: 2, quotes: 3, likes: 4, bookmarks: 0, views: 50 }
const seen: Metrics = { ...figures, quotes: null }
const truth = new Map([
  ['a', figures],
  ['b', figures],
])
const check = (postId: string, state: JudgedCheck['state']): JudgedCheck => ({ postId, state, failures: 1 })
const unreadable = new Set(['b'])

test('what was fulfilled, and what was missed as planted, is whole', () => {
  const result = judge(
    2,
    [check('a', 'done'), check('b', 'missed')],
    [{ postId: 'a', metrics: seen }],
    truth,
    unreadable,
  )
  expect(result).toEqual({ due: 2, fulfilled: 1, missed: 1, plantedUnreadable: 1, silent: 0, wrong: 0, failures: 2 })
  expect(isWhole(result)).toBe(true)
})

test.each<[string, readonly JudgedCheck[], Metrics]>([
  ['a check that was never planned', [check('b', 'missed')], seen],
  ['a check that is still open', [check('a', 'open'), check('b', 'missed')], seen],
  ['a check that was missed though its page could be read', [check('a', 'missed'), check('b', 'missed')], seen],
  ['a wrong figure', [check('a', 'done'), check('b', 'missed')], { ...seen, likes: 5 }],
  ['a figure that is shown and was not read', [check('a', 'done'), check('b', 'missed')], { ...seen, bookmarks: null }],
])('%s is not', (_, checks, metrics) => {
  expect(isWhole(judge(2, checks, [{ postId: 'a', metrics }], truth, unreadable))).toBe(false)
})
