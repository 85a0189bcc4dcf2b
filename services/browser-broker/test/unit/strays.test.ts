import { silentLogger } from '@surepost/shared/runtime'
import { expect, test } from 'vitest'
import { openStrays } from '../../src/browsers/strays.ts'

/** Browsers by process group: those that exist, and those that the pool knows. */
const world = (there: number[], known: number[], launching = 0) => {
  const [exist, killed] = [new Set(there), [] as number[]]
  const strays = openStrays({
    pool: { groups: new Set(known), launching },
    groups: async () => exist,
    kill: (group) => (killed.push(group), exist.delete(group)),
    log: silentLogger(),
  })
  return { strays, exist, killed }
}

test('a browser that the pool has lost sight of is noticed and killed; those that it knows are left alone', async () => {
  const { strays, killed } = world([1, 2, 3], [1, 3])
  for (let now = 0; now <= 55_000; now += 5_000) {
    await strays.look(now)
    // For long enough that the alarm is raised.
    expect([strays.count, killed]).toEqual([1, []])
  }
  await strays.look(60_000)
  expect(killed).toEqual([2])
  await strays.look(65_000)
  expect(strays.count).toBe(0)
})

test('a browser that is being launched is none, and its time counts anew when its number is used again', async () => {
  const { strays, exist, killed } = world([7], [], 1)
  await strays.look(0)
  exist.delete(7)
  await strays.look(40_000)
  exist.add(7)
  await strays.look(60_000)
  await strays.look(100_000)
  expect([strays.count, killed]).toEqual([0, []])
})

test('one that is not known of for longer than a launch takes counts, also while another is being launched', async () => {
  const { strays } = world([7], [], 1)
  for (let now = 0; now <= 40_000; now += 5_000) await strays.look(now)
  expect(strays.count).toBe(0)
  await strays.look(45_000)
  expect(strays.count).toBe(1)
})
