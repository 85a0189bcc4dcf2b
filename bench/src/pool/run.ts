import { readdir } from 'node:fs/promises'
import { pause } from '@surepost/shared/runtime'
import type { AccountId } from '@surepost/shared/contracts'
import { brokerOf } from '../broker.ts'
import { quantile, round, timed } from '../figures.ts'
import { type World, type WorldOptions, openWorld } from '../world.ts'
import { type Holders, startHolders } from './holders.ts'
import { type Fault, type PoolPlan, planPool } from './plan.ts'
import { browserProcesses, memoryMiB } from './processes.ts'
import { tally } from './tally.ts'
import { Work } from './work.ts'

export interface PoolBench extends Omit<WorldOptions, 'env'> {
  readonly seconds: number
  readonly seed: number
}

const SLOTS = 3
const ACCOUNTS = 6
const HOLDERS = 6
const WARM_UPS = 3
/** After the last arrival the backlog of reads is worked off: 20 % of the time, and what faults cost. */
const DRAIN_SHARE = 2
const LOOK_MS = 200
/** Longest life of a publishing lease (180 s), and what its end takes. */
const IDLE_MS = 200_000

interface Running {
  readonly plan: PoolPlan
  readonly work: Work
  readonly holders: Holders
  readonly killBrowser: (pick: number) => Promise<void>
}

/** What happens when: arrivals and faults. */
const agendaOf = ({ plan, work, holders, killBrowser }: Running, { onProgress }: PoolBench) => {
  const strike = (fault: Fault, pick: number): void => {
    if (fault === 'kill holder') holders.kill(pick)
    else if (fault === 'freeze holder') holders.freeze(pick)
    else void killBrowser(pick)
  }
  const faults = plan.faults.map(({ atMs, fault, pick }) => ({
    atMs,
    run: () => {
      onProgress(`${Math.round(atMs / 1_000)} s: ${fault}; ${work.open} have not ended`)
      strike(fault, pick)
    },
  }))
  const arrivals = plan.jobs.map((job) => ({ atMs: job.atMs, run: () => work.ask(job) }))
  return [...arrivals, ...faults].toSorted((a, b) => a.atMs - b.atMs)
}

const perform = async (running: Running, bench: PoolBench): Promise<void> => {
  const began = Date.now()
  for (const { atMs, run } of agendaOf(running, bench)) {
    await pause(Math.max(0, began + atMs - Date.now()), bench.signal)
    bench.signal.throwIfAborted()
    run()
  }
  const { work, plan } = running
  const deadline = Date.now() + bench.seconds * DRAIN_SHARE * 1_000
  for (let told = -1; work.open > 0 && Date.now() < deadline; ) {
    if (told !== work.open) bench.onProgress(`${work.open} of ${plan.jobs.length} jobs have not ended`)
    told = work.open
    await pause(LOOK_MS, bench.signal)
    bench.signal.throwIfAborted()
  }
  work.close()
}

/** Wait until no lease is held. @throws Error that names those which outlive every limit */
const idle = async ({ admin }: World, { signal, onProgress }: PoolBench): Promise<void> => {
  onProgress('waiting until no lease is held')
  const deadline = Date.now() + IDLE_MS
  for (;;) {
    const held = (await admin('GET', '/leases')) as readonly unknown[]
    if (held.length === 0) return
    if (Date.now() > deadline) throw new Error(`Leases outlive their limits: ${JSON.stringify(held)}`)
    if (!(await pause(LOOK_MS, signal))) signal.throwIfAborted()
  }
}

const measure = async (folder: string, brokerPid: number) => {
  const processes = await browserProcesses(folder)
  const browsers = processes.reduce((sum, p) => sum + p.memoryMiB, 0)
  return {
    rssMiB: Math.round(browsers + (await memoryMiB(brokerPid))),
    /** Every page has a process of this kind: a browser without one has no page open. */
    renderers: processes.filter(({ command }) => command.includes('--type=renderer')).length,
  }
}

/** @returns what a lease costs besides its hold, in milliseconds, with all slots at work and browsers kept or not as it comes */
const warmUp = async (world: World, accounts: readonly AccountId[], signal: AbortSignal): Promise<number> => {
  let turn = 0
  const { eachMs } = await timed(accounts.length * WARM_UPS, SLOTS - 1, async () => {
    const account = accounts[(turn += 1) % accounts.length]
    if (account === undefined) throw new Error('there are no accounts')
    const startBy = new Date(Date.now() + 120_000)
    const lease = await world.leases.acquire({ account, class: 'act', startBy, signal })
    if (!lease.granted) throw new Error(`A lease was refused: ${lease.detail}`)
    await using _ = lease
    await (await lease.newPage()).goto(world.page)
  })
  return quantile(eachMs, 0.5)
}

/** It may have ended since it was seen. */
const killGroup = (group: number): void => {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

const killBrowserIn =
  (folder: string) =>
  async (pick: number): Promise<void> => {
    const groups = [...new Set((await browserProcesses(folder)).map(({ group }) => group))]
    const group = groups[Math.floor(pick * groups.length)]
    if (group !== undefined) killGroup(group)
  }

const startWork = async (world: World, accounts: readonly AccountId[]): Promise<Pick<Running, 'work' | 'holders'>> => {
  const { amqpUrl, rabbitmqManagementUrl } = world.system.endpoints
  const work: Work = new Work((job, startBy) => {
    const account = accounts[job.account]
    if (account !== undefined) holders.give({ job, account, startBy, page: world.page })
  })
  const env = { AMQP_URL: amqpUrl, MANAGEMENT_URL: rabbitmqManagementUrl }
  const holders = await startHolders(HOLDERS, env, {
    news: (news) => {
      if ('granted' in news) work.granted(news.id, news.granted)
      if ('refused' in news) work.refused(news.id, news.refused, news.retryAt)
      if ('ended' in news) work.ended(news.id, news.ended)
    },
    lost: (id, how) => work.lost(id, how),
  })
  return { work, holders }
}

/**
 * An hour of publishes, replies and scrapes at 120 % of what the slots hold, 20 times as fast, while holders are killed and
 * frozen and browsers killed; then what is left of it.
 */
export const benchPool = async (bench: PoolBench) => {
  await using world = await openWorld({ ...bench, env: { BROKER_SLOTS: String(SLOTS) } })
  const { folder, pid } = await brokerOf(world)
  const accounts = await world.accounts('bench', ACCOUNTS)
  const overheadMs = await warmUp(world, accounts, bench.signal)
  const plan = planPool({ seconds: bench.seconds, seed: bench.seed, slots: SLOTS, accounts: ACCOUNTS, overheadMs })
  await idle(world, bench)
  const before = await measure(folder, pid)
  const began = Date.now()
  const { work, holders } = await startWork(world, accounts)
  await using _ = holders
  await perform({ plan, work, holders, killBrowser: killBrowserIn(folder) }, bench)
  const figures = tally([...work.outcomes.values()], plan.jobs.length)
  bench.onProgress('ending the holders')
  await holders[Symbol.asyncDispose]()
  await idle(world, bench)
  const seconds = (Date.now() - began) / 1_000
  const after = await measure(folder, pid)
  bench.onProgress('stopping the browser-broker')
  await world.stack.stopPart('browser-broker')
  return {
    ...figures,
    orphanProcesses: (await browserProcesses(folder)).length,
    orphanProfiles: (await readdir(folder)).length,
    contextsAfter: after.renderers,
    rssAfterMiB: after.rssMiB,
    rssBeforeMiB: before.rssMiB,
    jobs: plan.jobs.length,
    faults: plan.faults.length,
    overheadMs: round(overheadMs),
    seconds: round(seconds),
  }
}
