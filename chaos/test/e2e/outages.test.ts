import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../src/run/until.ts'
import { type OutageWorld, openOutageWorld } from '../support/outage-world.ts'

/** How long each part is away. It takes some ten minutes with a minute each, so it runs only where it is asked for. */
const ASKED = process.env['SUREPOST_OUTAGE_SECONDS']
const AWAY_SECONDS = Number(ASKED)
/** An idle machine says what is wrong within 10 s, and is green within 15 s; these are for one that has other work. */
const SAID_MS = 60_000
const GREEN_MS = 240_000
const LOAD_EVERY_MS = 4_000

const signal = AbortSignal.timeout(1_500_000)
/** What is taken away, and by which words the console tells of it. The platform shows when work fails on it. */
const PARTS = [
  ['postgres', /^database: /],
  ['postgrest', /^database: /],
  ['rabbitmq', /^RabbitMQ: /],
  ['browser-broker', /^browser-broker 0: /],
  ['playground', /^(breaker x|alert breaker\.)/],
] as const

const seconds = (since: number): number => Math.round((performance.now() - since) / 100) / 10
const every = { everyMs: 250, signal }
const figures: Record<string, { readonly said: number | null; readonly green: number }> = {}

describe.runIf(ASKED !== undefined)('under load', () => {
  let dataDir: string
  let world: OutageWorld
  let load: Awaited<ReturnType<OutageWorld['load']>>
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'surepost-outages-'))
    world = await openOutageWorld(dataDir, signal)
    load = await world.load(LOAD_EVERY_MS)
  }, 300_000)
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  })

  it.each(PARTS)(
    '%s is taken away: the console says so, and all is green again after its return without a person',
    async (part, words) => {
      expect(await until(async () => (await world.wrong()).length === 0, { ...every, withinMs: GREEN_MS })).toBe(true)
      await world.stop(part)
      const gone = performance.now()
      const says = async (): Promise<boolean> => (await world.wrong()).some((one) => words.test(one))
      // Whether the platform works is only known by what was tried on it, and there may not be enough of that.
      const withinMs = part === 'playground' ? AWAY_SECONDS * 1_000 : SAID_MS
      const said = (await until(says, { ...every, withinMs })) ? seconds(gone) : null
      if (part !== 'playground') expect(said).not.toBeNull()
      await sleep(Math.max(0, AWAY_SECONDS * 1_000 - (performance.now() - gone)), undefined, { signal })
      await world.start(part)
      const back = performance.now()
      let last: readonly string[] = []
      const green = async (): Promise<boolean> => (last = await world.wrong()).length === 0
      const isGreen = await until(green, { ...every, withinMs: GREEN_MS })
      figures[part] = { said, green: seconds(back) }
      process.stdout.write(`${part} ${JSON.stringify(figures[part])} ${last.join('; ')}\n`)
      expect([isGreen, last]).toEqual([true, []])
    },
    SAID_MS + AWAY_SECONDS * 1_000 + 3 * GREEN_MS,
  )

  it('nothing that was accepted is lost or doubled, and all of it is recorded', async () => {
    const accepted = await load.end()
    const began = performance.now()
    const open = new Map(accepted)
    const settled = async (): Promise<boolean> => {
      for (const id of open.keys()) {
        const { state, segments } = await world.post(id)
        if (state === 'live' && segments.every(({ recordedAt }) => recordedAt !== null)) open.delete(id)
      }
      return open.size === 0
    }
    await until(settled, { ...every, everyMs: 1_000, withinMs: 400_000 })
    const posts = await world.site.ledger()
    const times = (text: string): number => posts.filter((one) => one.text === text).length
    const odd = [...accepted.values()].filter((text) => times(text) !== 1)
    const result = { awaySeconds: AWAY_SECONDS, accepted: accepted.size, settledAfter: seconds(began), ...figures }
    process.stdout.write(`outages ${JSON.stringify(result)}\n`)
    expect([[...open.values()], odd]).toEqual([[], []])
    expect(accepted.size).toBeGreaterThan(PARTS.length)
  }, 500_000)
})
