import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type InputOf, JobRan, newId } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { type Stack, ensureInstalled, startStack } from '@surepost/stack'
import { Client } from 'pg'
import { busAt } from '../world.ts'
import { FACTS_OF_A_LIFE, FACTS_OF_LIVES, emitLives } from './life.ts'

export interface PersisterWorld extends AsyncDisposable {
  readonly stack: Stack
  readonly endpoints: Awaited<ReturnType<Stack['startServices']>>['endpoints']
  readonly bus: Bus
  readonly client: Client
  /** Facts of lives in the journal. */
  readonly recorded: () => Promise<number>
  /** Resolves when so many are. @throws the signal's reason */
  readonly untilRecorded: (count: number) => Promise<void>
  /** Facts per second from a queue that holds the lives of so many posts to their last commit. */
  readonly fromFullQueue: (posts: number) => Promise<number>
  /** What the persister has in memory, MiB. */
  readonly rssMiB: () => Promise<number>
}

export interface PersisterWorldOptions {
  readonly dataDir: string
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal
}

/** Between two looks for the last fact. */
const LOOK_MS = 10

/** Said last, so that it is recorded about last: the queue is first in, first out; the batch before it may still be applied then. */
const marker = (): InputOf<typeof JobRan> => {
  const at = new Date().toISOString()
  return { at, job: 'bench', account: null, startedAt: at, outcome: 'succeeded', category: null, detail: null }
}

/** What `emitLives` says; a persister that was stopped meanwhile says other things of its own. */
const TYPES = FACTS_OF_LIVES.map(({ type }) => type)

/** A persister on a stack of its own. @throws StackError */
export const openPersister = async ({
  dataDir,
  onProgress,
  signal,
}: PersisterWorldOptions): Promise<PersisterWorld> => {
  await using opened = new AsyncDisposableStack()
  await ensureInstalled({ onProgress, signal })
  const stack = opened.use(await startStack({ dataDir, signal, onProgress, ephemeral: true }))
  const { endpoints, services } = await stack.startServices({ only: ['persister'] })
  const pid = services.find(({ name }) => name === 'persister')?.pid
  if (pid === undefined) throw new Error('the persister does not run')
  const bus = opened.use(await busAt(endpoints.amqpUrl, endpoints.rabbitmqManagementUrl))
  const client = new Client({ connectionString: endpoints.postgresUrl })
  // A database that is stopped under it ends it; whoever stops it connects again.
  client.on('error', () => {})
  await client.connect()
  opened.defer(() => client.end())
  const recorded = () => countFacts(client)
  const untilRecorded = async (count: number): Promise<void> => {
    while ((await recorded()) < count) signal.throwIfAborted()
  }
  const fromFullQueue = async (posts: number): Promise<number> => {
    const count = posts * FACTS_OF_A_LIFE
    const before = await recorded()
    process.kill(pid, 'SIGSTOP')
    const last = await emitMarked(bus, posts).finally(() => process.kill(pid, 'SIGCONT'))
    const began = performance.now()
    await untilMarked(client, last, signal)
    await untilRecorded(before + count)
    const rate = count / ((performance.now() - began) / 1_000)
    const found = (await recorded()) - before
    // The dispatcher may have said that a post is dispatched whose own dispatch was in a later batch than its submission.
    if (found < count) throw new Error(`${found} facts are recorded of ${count} that were said`)
    return rate
  }
  const rssMiB = async (): Promise<number> =>
    Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
  const all = opened.move()
  const dispose = (): Promise<void> => all.disposeAsync()
  return {
    stack,
    endpoints,
    bus,
    client,
    recorded,
    untilRecorded,
    fromFullQueue,
    rssMiB,
    [Symbol.asyncDispose]: dispose,
  }
}

/** Say the lives of `posts` posts, and one fact after them. Returns its id. */
export const emitMarked = async (bus: Bus, posts: number): Promise<string> => {
  const last = newId()
  await emitLives(bus, posts)
  await bus.emit(JobRan, marker(), { id: last })
  return last
}

/**
 * Wait until that fact is recorded. One row by its key, now and then: counting all the while would take from the database what
 * is measured.
 * @param onLook called before every look
 */
export const untilMarked = async (
  client: Client,
  last: string,
  signal: AbortSignal,
  onLook: () => Promise<void> | void = () => {},
): Promise<void> => {
  for (;;) {
    await onLook()
    if ((await client.query('select from facts where id = $1', [last])).rowCount !== 0) return
    await sleep(LOOK_MS, undefined, { signal })
  }
}

export const countFacts = async (client: Client): Promise<number> =>
  Number(
    (await client.query<{ n: string }>('select count(*) as n from facts where type = any ($1)', [TYPES])).rows[0]?.n,
  )
