import { expect, test } from 'vitest'
import { isolate } from '@surepost/testkit'
import { SERVICES, worldOf } from '../../src/metrics-faults/command.ts'
import { isWhole } from '../../src/metrics-faults/judge.ts'
import { metricsFaults } from '../../src/metrics-faults/run.ts'

const { startServices } = await isolate()

test('with pages that fail, are killed or limited, every check is fulfilled or missed for the one reason there is', async () => {
  const world = worldOf(await startServices({ only: SERVICES }))
  const wish = { posts: 6, seed: 7, withinMs: 400_000, onProgress: () => undefined }
  const measured = await metricsFaults(world, wish, new AbortController().signal)
  expect(measured).toMatchObject({ due: 18, missed: 3, plantedUnreadable: 3, silent: 0, wrong: 0 })
  expect(isWhole(measured)).toBe(true)
}, 450_000)
