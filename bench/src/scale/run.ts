import { ensureInstalled, startStack } from '@surepost/stack'
import { Client } from 'pg'
import { quantile } from '../figures.ts'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from '../rounds.ts'
import { grow } from './grow.ts'
import { QUESTIONS, ask, wholeReads } from './questions.ts'

export interface ScaleBench extends Rounds {
  readonly dataDir: string
  /** Posts in the largest of the databases. */
  readonly posts: number
}

const SMALL = 1_000
const MIDDLE = 100_000
const SAMPLES = 200

export interface ScaleVerdict extends Verdict {
  /** "question: table" for what is read from end to end. */
  readonly wholeReads: readonly string[]
}

/**
 * `surepost bench scale`: what is asked of the database all day, with a thousand posts in it and with a million: p99 in
 * milliseconds, and by which plans.
 * @throws StackError
 */
export const benchScale = async ({ dataDir, posts, ...rounds }: ScaleBench): Promise<ScaleVerdict> => {
  const { onProgress, signal } = rounds
  await using opened = new AsyncDisposableStack()
  await ensureInstalled({ onProgress, signal })
  const stack = opened.use(await startStack({ dataDir, signal, onProgress, ephemeral: true }))
  const sizes = [...new Set([SMALL, MIDDLE, posts])].filter((size) => size <= posts)
  const databases = new Map<number, Client>()
  for (const size of sizes) {
    onProgress(`growing a database of ${size} posts`)
    const { endpoints } = await stack.createIsolate()
    const client = new Client({ connectionString: endpoints.postgresUrl })
    await client.connect()
    opened.defer(() => client.end())
    await grow(client, size)
    signal.throwIfAborted()
    databases.set(size, client)
  }
  const contenders = QUESTIONS.flatMap((question) =>
    [...databases].map(
      ([size, client]): Contender => ({
        name: `${question.name}, ${size}`,
        measure: async () => {
          const each: number[] = []
          for (let n = 0; n < SAMPLES; n += 1) each.push(await ask(client, question))
          return quantile(each, 0.99)
        },
      }),
    ),
  )
  const found = await interleaved(contenders, rounds)
  const targets = QUESTIONS.map(({ name }) => ({ of: `${name}, ${SMALL}`, to: `${name}, ${posts}`, atLeast: 0.5 }))
  const verdict = verdictOf('scale', found, targets)
  const largest = databases.get(posts)
  const whole: string[] = []
  for (const question of largest === undefined ? [] : QUESTIONS)
    for (const table of largest === undefined ? [] : await wholeReads(largest, question))
      whole.push(`${question.name}: ${table}`)
  return { ...verdict, wholeReads: whole, pass: verdict.pass && whole.length === 0 }
}
