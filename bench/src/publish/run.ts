import { newId } from '@surepost/shared/contracts'
import { ensureInstalled, startStack } from '@surepost/stack'
import type { Browser } from 'playwright'
import { Client } from 'pg'
import { BUSY, worldOf } from '../metrics-faults/command.ts'
import { type World, signUp, visitorOf } from '../metrics-faults/world.ts'
import { type StorageState, launch } from '../metrics/script.ts'
import { TABLE_SQL, untilKnown, writerAt } from '../persist/usual.ts'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from '../rounds.ts'
import { type Latencies, type Took, latenciesOf } from './latency.ts'
import { type Ours, allAtOnce, oneByOne } from './ours.ts'
import { publishByScript } from './script.ts'

export interface PublishBench extends Rounds {
  readonly dataDir: string
  /** Posts of each round, for each of those that are compared; one by one, and with a browser for each, a quarter of them. */
  readonly posts: number
}

export interface PublishVerdict extends Verdict {
  /** From the request to the site's own moment of creation, and to the row that can be read. Milliseconds. */
  readonly latencies: { readonly surepost: Latencies; readonly script: Latencies }
}

const HANDLE = 'bench_published'
/** No check of these becomes due. */
const NEVER = [30 * 86_400]
/** Nothing reads here, and one account has one browser. A canary would take turns with what is measured. */
const ONE_BROWSER = { ...BUSY, BROKER_SLOTS: '2', BROWSER_CANARY_EVERY_MS: '600000' }
const SERVICES = ['playground', 'persister', 'browser-broker', 'poster', 'console'] as const

/** New ones each time: nobody says the same thing twice. */
const textsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `Post ${n + 1} of ${count} of run ${newId()}`)

const perMinute = async (count: number, work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return (count * 60_000) / (performance.now() - began)
}

interface Script {
  readonly world: World
  readonly state: StorageState
  readonly insert: ReturnType<typeof writerAt>
}

/** The clicks and one insert. */
const scripted = async ({ world, state, insert }: Script, browser: Browser, text: string): Promise<Took> => {
  const at = Date.now()
  const { platformId, liveAt } = await publishByScript(browser, world.playgroundUrl, state, text)
  await insert([{ id: newId(), type: 'post', body: { platformId, text } }])
  return { liveMs: liveAt - at, recordedMs: Date.now() - at }
}

/** What single posts took, of the rounds that count: the first one warms up. */
const tally = () => {
  const rounds: (readonly Took[])[] = []
  return { add: (round: readonly Took[]) => void rounds.push(round), counted: () => rounds.slice(1).flat() }
}

const contenders = (
  ours: Ours,
  script: Script,
  posts: number,
  single: Readonly<Record<'surepost' | 'script', ReturnType<typeof tally>>>,
): readonly Contender[] => {
  const few = Math.max(1, Math.floor(posts / 4))
  return [
    { name: 'surepost', measure: () => perMinute(posts, () => allAtOnce(ours, textsOf(posts))) },
    {
      name: 'surepost, one by one',
      measure: () => perMinute(few, async () => single.surepost.add(await oneByOne(ours, textsOf(few)))),
    },
    {
      name: 'script',
      async measure() {
        await using browser = await launch()
        return await perMinute(posts, async () => {
          const took: Took[] = []
          for (const text of textsOf(posts)) took.push(await scripted(script, browser, text))
          single.script.add(took)
        })
      },
    },
    {
      name: 'script, a browser for each',
      measure: () =>
        perMinute(few, async () => {
          for (const text of textsOf(few)) {
            await using browser = await launch()
            await scripted(script, browser, text)
          }
        }),
    },
  ]
}

/**
 * `surepost bench publish`: posts per minute of one account, which has one browser, from the API to the record; beside a
 * script that keeps one browser for all of its posts, and does the same clicks and one insert.
 * @throws StackError; Error when a post was created otherwise than once
 */
export const benchPublish = async ({ dataDir, posts, ...rounds }: PublishBench): Promise<PublishVerdict> => {
  const { onProgress, signal } = rounds
  await ensureInstalled({ onProgress, signal })
  await using stack = await startStack({ dataDir, signal, ephemeral: true, onProgress })
  const system = await stack.startServices({ only: SERVICES, env: { 'browser-broker': ONE_BROWSER } })
  const world = worldOf(system)
  await using opened = new AsyncDisposableStack()
  const client = new Client({ connectionString: system.endpoints.postgresUrl })
  await client.connect()
  opened.defer(() => client.end())
  await client.query(TABLE_SQL)
  await untilKnown(system.endpoints)
  const account = await signUp(world, HANDLE, NEVER)
  const state = (await visitorOf(world, 'bench_script')) as StorageState
  const ours = { world, account, client, signal }
  const script = { world, state, insert: writerAt(system.endpoints) }
  const single = { surepost: tally(), script: tally() }
  const found = await interleaved(contenders(ours, script, posts, single), rounds)
  const latencies = {
    surepost: latenciesOf(single.surepost.counted()),
    script: latenciesOf(single.script.counted()),
  }
  return { ...verdictOf('publish', found, [{ of: 'surepost', to: 'script', atLeast: 0.9 }]), latencies }
}
