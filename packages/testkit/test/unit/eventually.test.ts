import { expect, test } from 'vitest'
import { eventually } from '../../src/index.ts'

const tooFew = (): never => {
  throw new Error('still 2 rows')
}

test('it answers what the check answered once it holds', async () => {
  let tries = 0
  expect(await eventually(() => (++tries < 3 ? undefined : tries), { everyMs: 1 })).toBe(3)
})

test('it throws what the check threw last', async () => {
  await expect(eventually(tooFew, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('still 2 rows')
})

test('a check that never holds fails with its last answer', async () => {
  await expect(eventually(() => false, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('the last answer was false')
})

test('0 and the empty string are answers, not failures', async () => {
  expect(await eventually(() => 0)).toBe(0)
  expect(await eventually(() => '')).toBe('')
})

test('an abort ends the waiting', async () => {
  const stopper = new AbortController()
  const waiting = eventually(() => false, { signal: stopper.signal })
  stopper.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow()
})
