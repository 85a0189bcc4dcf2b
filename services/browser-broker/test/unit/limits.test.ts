import { expect, test } from 'vitest'
import { limitsOf, readConfig } from '../../src/config.ts'
import { openLimits } from '../../src/leases/limits.ts'
import { goodEnvironment } from '../support/environment.ts'

const open = () => openLimits(limitsOf(readConfig(goodEnvironment)))

test('a change replaces what it names and leaves the rest', () => {
  const limits = open()
  const before = limits.current
  let told = 0
  limits.onChanged(() => (told += 1))
  expect(limits.change({ slots: 5, keep: { uses: 1 } })).toEqual({ limits: limits.current })
  expect(limits.current).toEqual({ ...before, slots: 5, keep: { ...before.keep, uses: 1 } })
  expect(told).toBe(1)
})

test.each([
  [{ slots: 1 }, /slots: .*2/],
  [{ slots: '4' }, /slots: /],
  [{ slot: 4 }, /slot/],
  [{ slots: 4, keep: { uses: 0 } }, /keep\.uses: /],
  [{ keep: 4 }, /keep: /],
  [{ admission: { cpuPercent: { widen: 99 } } }, /admission\.cpuPercent: must have widen at or below narrow/],
  [{ admission: { memoryFreeMiB: { resume: 1 } } }, /must have resume at or above stop/],
  [[], /must be an object/],
])('a bad change is refused with a sentence, and changes nothing: %j', (patch, sentence) => {
  const limits = open()
  const before = limits.current
  const changed = limits.change(patch)
  expect('refused' in changed && changed.refused.join('. ')).toMatch(sentence)
  expect(limits.current).toBe(before)
})
