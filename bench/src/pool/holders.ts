import { type ChildProcess, fork } from 'node:child_process'
import type { HolderJob, HolderNews } from './holder.ts'

const HOLDER = new URL('holder.ts', import.meta.url).pathname

export interface Holders extends AsyncDisposable {
  /** Give a job to the holder that has the fewest. */
  give(job: HolderJob): void
  /** SIGKILL one that has work; a new one takes its place. */
  kill(pick: number): void
  /** Freeze one for good, and kill it some seconds later: the broker must notice by itself before. */
  freeze(pick: number): void
  /** Of the processes that exist. */
  readonly pids: readonly number[]
}

/** `died`: by itself, which no fault of a plan explains. */
type Doom = 'killed' | 'frozen' | 'died'

interface Holder {
  readonly child: ChildProcess
  readonly jobs: Set<number>
  readonly gone: Promise<void>
  ready: boolean
  /** How it was taken: it gets no more work. */
  doomed: Doom | null
}

/** Longer than the broker needs to notice (two missed pings, 2 s each). */
const FROZEN_MS = 9_000
/** While no holder can take a job it waits. */
const GIVE_AGAIN_MS = 200

interface Told {
  readonly news: (news: HolderNews) => void
  /** A job whose holder ended with it, and how that came. */
  readonly lost: (jobId: number, how: Doom) => void
}

/** Start one process. @returns it, and when it is ready or gone */
const startHolder = (
  script: string,
  env: Readonly<Record<string, string>>,
  told: Told,
): { readonly holder: Holder; readonly ready: Promise<void> } => {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
  const child = fork(script, [], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: [...stdio] })
  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const holder: Holder = { child, jobs: new Set(), gone: gone.promise, ready: false, doomed: null }
  child.on('message', (news: HolderNews) => {
    if ('ready' in news) {
      holder.ready = true
      return ready.resolve()
    }
    if ('ended' in news || 'refused' in news) holder.jobs.delete(news.id)
    told.news(news)
  })
  const over = (): void => {
    const how = (holder.doomed ??= 'died')
    ready.resolve()
    gone.resolve()
    for (const id of holder.jobs) told.lost(id, how)
  }
  // Beside a process that could not be started: what was sent to one that was dying. Its `exit` tells of that.
  child.on('error', () => child.pid ?? over())
  child.once('exit', over)
  return { holder, ready: ready.promise }
}

const end = async ({ child, gone }: Holder): Promise<void> => {
  child.kill('SIGKILL')
  await gone
}

/** Keep `count` holder processes. @param script what each runs: speaks `HolderJob` and `HolderNews` over IPC */
export const startHolders = async (
  count: number,
  env: Readonly<Record<string, string>>,
  told: Told,
  script = HOLDER,
): Promise<Holders> => {
  const holders = new Set<Holder>()
  let closing = false
  // A frozen one outlives a parent that ends in an error, with the parent's pipes and locks in hand.
  const killAll = (): void => holders.forEach(({ child }) => void child.kill('SIGKILL'))
  process.once('exit', killAll)
  const start = (): Promise<void> => {
    const { holder, ready } = startHolder(script, env, told)
    holders.add(holder)
    void replace(holder)
    return ready
  }
  const replace = async (holder: Holder): Promise<void> => {
    await holder.gone
    holders.delete(holder)
    if (!closing) await start()
  }
  await Promise.all(Array.from({ length: count }, start))

  const usable = (): Holder[] => [...holders].filter((holder) => holder.ready && holder.doomed === null)
  /** One that has work; from now on it gets no more. */
  const doom = (pick: number, how: Doom): Holder | undefined => {
    const busy = usable().filter((holder) => holder.jobs.size > 0)
    const holder = busy[Math.floor(pick * busy.length)]
    if (holder !== undefined) holder.doomed = how
    return holder
  }
  const give = (job: HolderJob): void => {
    const [holder] = usable().toSorted((a, b) => a.jobs.size - b.jobs.size)
    if (holder === undefined) return void (closing || setTimeout(() => give(job), GIVE_AGAIN_MS))
    holder.jobs.add(job.job.id)
    holder.child.send(job)
  }
  return {
    give,
    get pids() {
      return [...holders].flatMap(({ child }) => child.pid ?? [])
    },
    kill: (pick) => void doom(pick, 'killed')?.child.kill('SIGKILL'),
    freeze(pick) {
      const holder = doom(pick, 'frozen')
      if (holder === undefined) return
      holder.child.kill('SIGSTOP')
      const timer = setTimeout(() => holder.child.kill('SIGKILL'), FROZEN_MS)
      void holder.gone.then(() => clearTimeout(timer))
    },
    async [Symbol.asyncDispose]() {
      closing = true
      await Promise.all([...holders].map(end))
      process.off('exit', killAll)
    },
  }
}
