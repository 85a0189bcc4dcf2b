import { FAULT_KINDS } from '../faults/catalog.ts'
import { summarize, type FaultRecord, type FaultSummary } from '../judge/faults.ts'
import { historyOf } from '../judge/history.ts'
import { isWhole, judge } from '../judge/judge.ts'
import type { Verdict } from '../judge/types.ts'
import { makePlan, type Wanted } from '../plan/plan.ts'
import type { Plan } from '../plan/types.ts'
import { CHECKS_SECONDS, QUIET_WITHIN_MS } from '../timing.ts'
import { signUp } from './accounts.ts'
import { startClock, type Clock } from './clock.ts'
import { keepEvidence } from './evidence.ts'
import { startFaults, type Injector } from './injector.ts'
import { paceOf } from './pace.ts'
import { untilQuiet } from './quiet.ts'
import { roomOf } from './room.ts'
import { recoveriesOf } from './recovery.ts'
import { stamp, watchProgress } from './watch.ts'
import { startWork, type Work } from './work.ts'
import { openWorld, type World } from './world.ts'

/** How often it is looked whether all is quiet. */
const LOOK_EVERY_MS = 1_000

export interface ChaosOptions extends Wanted {
  /** An empty or missing folder: everything of the run is in it. */
  readonly dataDir: string
  /** Only these kinds of fault; all by default. */
  readonly only?: readonly string[]
  /** Longest time, after the last submission and fault, in which nothing comes to an end, in milliseconds. */
  readonly quietWithinMs?: number
  /** Told how far it is, every few seconds. */
  readonly onProgress: (text: string) => void
  /** Told what happens: what was broken, and when. */
  readonly onEvent: (text: string) => void
}

export interface ChaosResult {
  readonly seed: number
  readonly seconds: number
  readonly verdict: Verdict
  readonly faults: FaultSummary
  readonly faultRecords: readonly FaultRecord[]
  /** What was still going on when the time was up. */
  readonly unrest: readonly string[]
  /** What the API refused. */
  readonly refusals: readonly string[]
  /** History of each post that something is wrong with, in words, by its number in the plan. */
  readonly histories: Readonly<Record<string, readonly string[]>>
  /** Nothing is wrong, everything is accounted for, and the faults were what they had to be. */
  readonly whole: boolean
}

/**
 * Run a plan against a stack of its own, and judge it from the site's ledger and the database only.
 * @throws StackError when the stack cannot be started; the reason of `signal` when it is aborted
 */
export const runChaos = async (options: ChaosOptions, signal: AbortSignal): Promise<ChaosResult> => {
  const begun = Date.now()
  const kinds = FAULT_KINDS.filter(({ kind }) => options.only?.includes(kind) ?? true)
  const plan = makePlan(options, kinds)
  await using world = await openWorld({ dataDir: options.dataDir, onProgress: options.onProgress, signal })
  await signUp(plan.accounts, world.site, world.api)
  const { work, injector, unrest } = await perform(options, plan, world, signal)
  options.onProgress('judging')
  const result = await judgeRun(plan, world, work, injector, unrest)
  const whole: ChaosResult = { ...result, seconds: Math.round((Date.now() - begun) / 100) / 10 }
  await keepEvidence(options.dataDir, plan, world, work, whole)
  return whole
}

interface Performed {
  readonly work: Work
  readonly injector: Injector
  readonly unrest: readonly string[]
}

const perform = async (options: ChaosOptions, plan: Plan, world: World, signal: AbortSignal): Promise<Performed> => {
  const { site, api, broker, records, context, queues } = world
  const clock: Clock = startClock()
  const pace = paceOf(plan.faults, plan.work)
  const over = new AbortController()
  const room = roomOf(records, AbortSignal.any([signal, over.signal]))
  const handles = plan.accounts.map(({ handle }) => handle)
  const work = startWork({ plan, site, api, clock, pace, room, signal })
  const injector = startFaults({
    faults: plan.faults,
    catalog: FAULT_KINDS,
    context,
    broker,
    recoveries: recoveriesOf(site, records, handles),
    clock,
    pace,
    onChange: (text) => options.onEvent(`${stamp(clock.now)}  ${text}`),
  })
  const watch = watchProgress({ plan, work, injector, world, clock, onProgress: options.onProgress })
  try {
    await Promise.all([work.done, injector.done])
    signal.throwIfAborted()
    const unrest = await untilQuiet(
      { records, broker, queues, postIds: () => work.expected.flatMap(({ postId }) => postId ?? []) },
      {
        withinMs: options.quietWithinMs ?? QUIET_WITHIN_MS,
        everyMs: LOOK_EVERY_MS,
        signal,
        onLook: watch.unrest,
      },
    )
    return { work, injector, unrest }
  } finally {
    // Whatever ended the run: nothing may stay frozen, and nobody may go on asking.
    await Promise.allSettled([work.done, injector.done])
    over.abort()
    watch.stop()
  }
}

const judgeRun = async (
  plan: Plan,
  { site, records }: World,
  work: Work,
  injector: Injector,
  unrest: readonly string[],
): Promise<Omit<ChaosResult, 'seconds'>> => {
  const { expected, refusals } = work
  const postIds = expected.flatMap(({ postId }) => postId ?? [])
  const verdict = judge({
    expected,
    handles: plan.accounts.map(({ handle }) => handle),
    checksPerSegment: CHECKS_SECONDS.length,
    ledger: await site.ledger(),
    records: await records.read(postIds),
  })
  const faultRecords = await injector.records()
  const faults = summarize(
    faultRecords,
    plan.faults.map(({ kind }) => kind),
  )
  return {
    seed: plan.seed,
    verdict,
    faults,
    faultRecords,
    unrest,
    refusals,
    histories: await historiesOf(verdict, records),
    whole:
      isWhole(verdict) &&
      faults.enough &&
      unrest.length === 0 &&
      refusals.length === 0 &&
      expected.length === plan.work.length,
  }
}

const historiesOf = async (verdict: Verdict, records: World['records']): Promise<Record<string, readonly string[]>> => {
  const wrong = new Map(
    verdict.troubles.flatMap(({ n, postId }) => (n === null || postId === null ? [] : [[n, postId] as const])),
  )
  const told = await Promise.all(
    [...wrong].map(async ([n, postId]) => [String(n), historyOf(await records.facts([postId]))] as const),
  )
  return Object.fromEntries(told)
}
