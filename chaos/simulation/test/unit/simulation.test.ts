import { describe, expect, it } from 'vitest'
import { runSchedule } from '../../src/schedule.ts'
import { variantOf } from '../../src/variants/catalog.ts'

/** The first seed of these whose schedule breaks a guarantee, and what it says; undefined when none does. */
const firstBroken = async (variant: string, seeds: number) => {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await runSchedule(seed, variantOf(variant))
    if (violations.length > 0) return { seed, violations }
  }
  return undefined
}

describe('a thousand schedules of crashes, freezes, losses and late answers', { timeout: 120_000 }, () => {
  it('create nothing twice, lose nothing and record what is live', async () => {
    expect(await firstBroken('production', 1_000)).toBeUndefined()
  })
  it.each([
    'window-from-begin',
    'window-too-short',
    'hash-in-the-key',
    'lost-ledger-empty',
    'no-reconciliation',
    'ack-before-confirm',
  ])('catch the broken variant %s', async (variant) => {
    expect(await firstBroken(variant, 1_000)).toBeDefined()
  })
})
