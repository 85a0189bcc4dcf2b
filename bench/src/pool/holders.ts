import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { HolderJob, HolderNews } from './holder.ts'

const HOLDER = new URL('holder.ts', import.meta.url).pathname

export interface Holders extends AsyncDisposable {
  /** Give a job to the holder that has the fewest. */
  give(job: HolderJob): void
  /** SIGKILL one that has work; a new one takes its place. */
  kill(pick: number): void
  /** Freeze one for good, and kill it some seconds later: the broker must notice by itself before. */
  freeze(pick: number): void
}

interface Holder {
  readonly child: ChildProcess
  readonly jobs: Set<number>
  ready: boolean
  frozen: boolean
}

/** Longer than the broker needs to notice (two missed pings, 2 s each). */
const FROZEN_MS = 9_000

interface Told {
  readonly news: (news: HolderNews) => void
  /** A job whose holder was killed or frozen with it. */
  readonly lost: (jobId: number) => void
}

/** Start one process. @returns it, and when it is ready or gone */
const startHolder = (
  env: Readonly<Record<string, string>>,
  told: Told,
): { readonly holder: Holder; readonly ready: Promise<void> } => {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
  const child = fork(HOLDER, [], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: [...stdio] })
  const holder: Holder = { child, jobs: new Set(), ready: false, frozen: false }
  const ready = Promise.withResolvers<void>()
  child.on('message', (news: HolderNews) => {
    if ('ready' in news) {
      holder.ready = true
      return ready.resolve()
    }
    if ('ended' in news || 'refused' in news) holder.jobs.delete(news.id)
    told.news(news)
  })
  child.once('exit', () => {
    ready.resolve()
    for (const id of holder.jobs) told.lost(id)
  })
  return { holder, ready: ready.promise }
}

const end = async ({ child }: Holder): Promise<void> => {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** Keep `count` holder processes. */
export const startHolders = async (
  count: number,
  env: Readonly<Record<string, string>>,
  told: Told,
): Promise<Holders> => {
  const holders = new Set<Holder>()
  let closing = false
  const start = (): Promise<void> => {
    const { holder, ready } = startHolder(env, told)
    holders.add(holder)
    holder.child.once('exit', () => {
      holders.delete(holder)
      if (!closing) void start()
    })
    return ready
  }
  await Promise.all(Array.from({ length: count }, start))

  const usable = (): Holder[] => [...holders].filter((holder) => holder.ready && !holder.frozen)
  const atWork = (pick: number): Holder | undefined => {
    const busy = usable().filter((holder) => holder.jobs.size > 0)
    return busy[Math.floor(pick * busy.length)]
  }
  return {
    give(job) {
      const [holder] = usable().toSorted((a, b) => a.jobs.size - b.jobs.size)
      if (holder === undefined) return told.lost(job.job.id)
      holder.jobs.add(job.job.id)
      holder.child.send(job)
    },
    kill: (pick) => void atWork(pick)?.child.kill('SIGKILL'),
    freeze(pick) {
      const holder = atWork(pick)
      if (holder === undefined) return
      holder.frozen = true
      holder.child.kill('SIGSTOP')
      setTimeout(() => holder.child.kill('SIGKILL'), FROZEN_MS)
    },
    async [Symbol.asyncDispose]() {
      closing = true
      await Promise.all([...holders].map(end))
    },
  }
}
