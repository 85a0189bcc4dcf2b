import { afterAll, describe, expect, it } from 'vitest'
import { BREACHES } from '../../src/checks.ts'
import { openCrew } from '../../src/crew.ts'
import { runAll } from '../../src/runs.ts'
import { runSchedule } from '../../src/schedule.ts'
import { VARIANTS } from '../../src/variants/catalog.ts'
import { PRODUCTION } from '../../src/variants/variant.ts'

const SCHEDULES = 20_000
/** By then every broken variant is caught. */
const MOST_SEEDS = 8_000

const crew = openCrew()
afterAll(() => crew[Symbol.asyncDispose]())

const storyOf = async (seed: number, variant = PRODUCTION) => {
  const lines: string[] = []
  const verdict = await runSchedule(seed, variant, (line) => lines.push(line))
  return { lines, verdict }
}

describe('20,000 schedules of crashes, freezes, losses and late answers', { timeout: 300_000 }, () => {
  it('create nothing twice, lose nothing and record what is live', async () => {
    const { schedules, broken } = await runAll(crew, { variant: PRODUCTION.name, from: 1, count: SCHEDULES })
    expect(broken.slice(0, 5)).toEqual([])
    expect(schedules).toBe(SCHEDULES)
  })
})

describe('a broken variant', { timeout: 300_000 }, () => {
  it('is each rule of publishing once, taken away alone', () => {
    expect(VARIANTS).toHaveLength(11)
  })
  it.each(VARIANTS.map(({ name, shows }) => [name, BREACHES[shows], shows] as const))(
    '%s is caught by %s: %s, in a schedule that production comes through',
    async (variant, guarantee, until) => {
      const { found } = await runAll(crew, { variant, from: 1, count: MOST_SEEDS, until })
      expect(found?.violations.map((violation) => violation.guarantee)).toContain(guarantee)
      expect((await runSchedule(found?.seed ?? 0, PRODUCTION)).violations).toEqual([])
    },
  )
})

describe('a seed', () => {
  it.each([1, 7, 42, 1_234])('%i tells the same story each time, and whether anybody listens or not', async (seed) => {
    const { lines, verdict } = await storyOf(seed)
    await storyOf(seed + 1)
    expect(await storyOf(seed)).toEqual({ lines, verdict })
    expect(await runSchedule(seed, PRODUCTION)).toEqual(verdict)
    expect(lines.length).toBeGreaterThan(5)
  })
  it('is another story than the next one', async () => {
    expect((await storyOf(2)).lines).not.toEqual((await storyOf(3)).lines)
  })
})
