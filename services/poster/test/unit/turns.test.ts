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
  expect(Array.from({ length: 3 }, () => at(turns.enter(ada)))).toEqual([500, 1_000, 1_500])
  expect(at(turns.enter(bob))).toBeUndefined()
})

test('a place that was given back is free for the next', () => {
  let now = 0
  const turns = createTurns(() => new Date(now))
  const [first, second] = [turns.enter(ada), turns.enter(ada)]
  expect(at(turns.enter(ada))).toBe(500)
  now = 500
  leave(first)
  const third = turns.enter(ada)
  expect(at(third)).toBeUndefined()
  expect(at(turns.enter(ada))).toBe(1_000)
  leave(second)
  leave(third)
  expect(at(turns.enter(ada))).toBeUndefined()
})

test('nobody is sent away for longer than a minute', () => {
  const turns = createTurns(() => new Date(0))
  const times = Array.from({ length: 200 }, () => at(turns.enter(ada)) ?? 0)
  expect(Math.max(...times)).toBe(60_000)
})

test('they come back as far apart as posts of the account are done, within bounds', () => {
  let now = 0
  const turns = createTurns(() => new Date(now))
  const apartAfter = (ms: number): number => {
    const held = [turns.enter(ada), turns.enter(ada)]
    for (let n = 0; n < 20; n += 1) {
      now += ms
      leave(held.shift() ?? turns.enter(ada))
      held.push(turns.enter(ada))
    }
    const [one = 0, other = 0] = [at(turns.enter(ada)), at(turns.enter(ada))]
    held.forEach(leave)
    return Math.round(other - one)
  }
  expect([1_500, 10, 60_000].map(apartAfter)).toEqual([1_500, 200, 5_000])
})
