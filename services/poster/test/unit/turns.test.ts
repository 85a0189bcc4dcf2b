import { AccountId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { type Turn, createTurns } from '../../src/publish/turns.ts'

const [ada, bob] = [AccountId.parse('ada'), AccountId.parse('bob')]
const at = (turn: Turn): number | undefined => turn.comeBack?.getTime()
const leave = (turn: Turn): void => {
  if (turn.comeBack === undefined) turn[Symbol.dispose]()
}

test('an account has two posts in hand, whatever it has beyond comes back at times of its own', () => {
  const turns = createTurns(() => new Date(0))
  expect([turns.enter(ada), turns.enter(ada)].map(at)).toEqual([undefined, undefined])
  expect(Array.from({ length: 3 }, () => at(turns.enter(ada)))).toEqual([2_000, 4_000, 6_000])
  expect(at(turns.enter(bob))).toBeUndefined()
})

test('a place that was given back is free for the next', () => {
  let now = 0
  const turns = createTurns(() => new Date(now))
  const [first, second] = [turns.enter(ada), turns.enter(ada)]
  expect(at(turns.enter(ada))).toBe(2_000)
  leave(first)
  now = 2_000
  const third = turns.enter(ada)
  expect(at(third)).toBeUndefined()
  expect(at(turns.enter(ada))).toBe(4_000)
  leave(second)
  leave(third)
  expect(at(turns.enter(ada))).toBeUndefined()
})

test('nobody is sent away for longer than a minute', () => {
  const turns = createTurns(() => new Date(0))
  const times = Array.from({ length: 100 }, () => at(turns.enter(ada)) ?? 0)
  expect(Math.max(...times)).toBe(60_000)
})
