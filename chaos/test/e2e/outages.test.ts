import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../src/run/until.ts'
import { createLasting } from '../support/lasting.ts'
import { type OutageWorld, openOutageWorld } from '../support/outage-world.ts'

/** How long each part is away. It takes some ten minutes with a minute each, so it runs only where it is asked for. */
const ASKED = process.env['SUREPOST_OUTAGE_SECONDS']
const AWAY_SECONDS = Number(ASKED)
/** An idle machine says what is wrong within 10 s, and is green within 15 s; these are for one that has other work. */
const SAID_MS = 60_000
const GREEN_MS = 240_000
/** The longest that a post of these may wait: for the ledger to be older than a lease may last, for the rungs of two failures, its turn. */
const SETTLED_MS = 400_000
const LOAD_EVERY_MS = 4_000
/** Nothing wrong for so long is green: what was said while a part was away may still be on its way to the record. */
const STEADY_MS = 5_000
/** Nothing comes of these any more. */
const OVER: ReadonlySet<string> = new Set(['failed', 'missed', 'cancelled', 'needs_attention'])

const signal = AbortSignal.timeout(1_500_000)
/** What is taken away, and by which words the console tells of it. */
const PARTS = [
  ['postgres', /^database: /],
  ['postgrest', /^database: /],
  ['rabbitmq', /^RabbitMQ: /],
  ['browser-broker', /^browser-broker 0: /],
  ['playground', /^alert platform:away\./],
] as const

const seconds = (since: number): number => Math.round((performance.now() - since) / 100) / 10
const every = { everyMs: 250, signal }
interface Figures {
  /** Seconds from its end until the console said so. */
  readonly said: number
  /** Seconds from its return until nothing was wrong any more. */
  readonly green: number
  /** What was wrong after its return, and for how many seconds. */
  readonly lasted: Readonly<Record<string, number>>
}
const figures: Record<string, Figures> = {}

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
      const green = async (): Promise<ReturnType<typeof createLasting>> => {
        const seen = createLasting(performance.now())
        const isSteady = async (): Promise<boolean> => {
          // Nothing is known of a console that does not answer.
          const wrong = await world.wrong().catch((error: unknown) => [`the console: ${String(error)}`])
          seen.look(wrong, performance.now())
          return seen.quietSince !== undefined && performance.now() - seen.quietSince >= STEADY_MS
        }
        if (!(await until(isSteady, { ...every, withinMs: GREEN_MS })))
          expect.fail(`${part}: not green, and so long was wrong (s): ${JSON.stringify(seen.lasted)}`)
        return seen
      }
      await green()
      await world.stop(part)
      const gone = performance.now()
      const says = async (): Promise<boolean> => (await world.wrong()).some((one) => words.test(one))
      expect(await until(says, { ...every, withinMs: SAID_MS })).toBe(true)
      const said = seconds(gone)
      await sleep(Math.max(0, AWAY_SECONDS * 1_000 - (performance.now() - gone)), undefined, { signal })
      await world.start(part)
      const back = performance.now()
      const { lasted, quietSince = back } = await green()
      figures[part] = { said, green: Math.round((quietSince - back) / 100) / 10, lasted }
      process.stdout.write(`${part} ${JSON.stringify(figures[part])}\n`)
    },
    SAID_MS + AWAY_SECONDS * 1_000 + 3 * GREEN_MS,
  )

  it(
    'nothing that was accepted is lost or doubled, and all of it is recorded',
    async () => {
      const accepted = await load.end()
      const began = performance.now()
      const open = new Map<string, string>([...accepted.keys()].map((id) => [id, 'not looked at yet']))
      const settled = async (): Promise<boolean> => {
        for (const id of open.keys()) {
          const { state, segments } = await world.post(id)
          if (state === 'live' && segments.every(({ recordedAt }) => recordedAt !== null)) open.delete(id)
          else open.set(id, state)
        }
        return [...open.values()].every((state) => OVER.has(state))
      }
      await until(settled, { ...every, everyMs: 1_000, withinMs: SETTLED_MS })
      const posts = await world.site.ledger()
      const times = (text: string): number => posts.filter((one) => one.text === text).length
      const odd = [...accepted.values()].filter((text) => times(text) !== 1)
      const result = { awaySeconds: AWAY_SECONDS, accepted: accepted.size, settledAfter: seconds(began), ...figures }
      process.stdout.write(`outages ${JSON.stringify(result)}\n`)
      expect([[...open], odd]).toEqual([[], []])
      expect(accepted.size).toBeGreaterThan(PARTS.length)
    },
    SETTLED_MS + 60_000,
  )
})
