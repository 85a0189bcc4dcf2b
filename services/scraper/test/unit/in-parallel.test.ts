import { expect, test } from 'vitest'
import { inParallel } from '../../src/in-parallel.ts'

test('works on all, in order, no more than so many at a time', async () => {
  let running = 0
  let most = 0
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, (running += 1))
    await new Promise((resolve) => void setImmediate(resolve))
    running -= 1
    return n * 2
  }
  const { results, left } = await inParallel([1, 2, 3, 4, 5, 6, 7], 3, work, () => false)
  expect(results.map(([, result]) => result)).toEqual([2, 4, 6, 8, 10, 12, 14])
  expect([most, left]).toEqual([3, []])
})

test('begins nothing more once a result says stop, and gives back what was not begun', async () => {
  const { results, left } = await inParallel(
    [1, 2, 3, 4, 5],
    2,
    async (n) => n,
    (n) => n === 2,
  )
  expect([...results.map(([item]) => item), ...left]).toEqual([1, 2, 3, 4, 5])
  expect(left).toContain(5)
})
