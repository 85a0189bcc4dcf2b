import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type QueueSample, ageOf } from '../../src/decisions/queue-age.ts'

const sample = (at: number, depth: number, acked: number): QueueSample => ({ at, depth, acked })

test('an empty queue has no age', () => {
  expect(ageOf('poster.publish.0', [sample(0, 3, 0)], sample(9_000, 0, 3))).toBe(0)
})

test('while nobody takes from it the oldest message is as old as what was first seen of it', () => {
  const samples = [sample(0, 0, 10), sample(5_000, 2, 10), sample(10_000, 4, 10)]
  expect(ageOf('poster.publish.0', samples, sample(12_000, 5, 10))).toBe(7_000)
})

test('what was acked since is not there any more', () => {
  const samples = [sample(0, 2, 0), sample(5_000, 3, 2), sample(10_000, 3, 5)]
  expect(ageOf('poster.publish.0', samples, sample(12_000, 2, 6))).toBe(2_000)
})

test('delays and dead letters tell no age by their acks', () => {
  expect(ageOf('surepost.delay.commands.1h', [sample(0, 9, 0)], sample(9_000, 9, 0))).toBeNull()
  expect(ageOf('poster.publish.0.dead', [sample(0, 9, 0)], sample(9_000, 9, 0))).toBeNull()
})

test('any queue: never older than its oldest message really is', () => {
  const steps = fc.array(fc.record({ added: fc.nat(4), taken: fc.nat(4) }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(steps, (all) => {
      const queue: number[] = []
      let acked = 0
      const samples = all.map(({ added, taken }, n) => {
        const at = n * 1_000
        queue.push(...Array.from({ length: added }, () => at))
        acked += queue.splice(0, taken).length
        return sample(at, queue.length, acked)
      })
      const now = samples.at(-1) ?? sample(0, 0, 0)
      const [head] = queue
      expect(ageOf('any', samples, now)).toBe(head === undefined ? 0 : now.at - head)
    }),
  )
})
