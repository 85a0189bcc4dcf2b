import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureInstalled, startStack } from '@surepost/stack'
import { quantile, round } from './figures.ts'
import type { Rounds } from './rounds.ts'

export interface FootprintBench extends Rounds {
  readonly dataDir: string
  /** How long everything is left alone before it is weighed. */
  readonly idleSeconds: number
}

type Figures = Readonly<Record<string, number>>

export interface Footprint {
  readonly bench: 'footprint'
  readonly rounds: number
  /** Resident memory of each service when idle, MiB. */
  readonly rssMiB: Figures
  /** The services together. */
  readonly servicesMiB: number
  /** Seconds from the start of a process to its readiness, the dependencies being there: the median of the rounds. */
  readonly readySeconds: Figures
  readonly pass: boolean
}

const MOST_MIB = 120
const MOST_SECONDS = 3

const rssOf = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024

/** `surepost bench footprint`: what the services weigh when nothing happens, and how soon they are ready. @throws StackError */
export const benchFootprint = async (bench: FootprintBench): Promise<Footprint> => {
  const { dataDir, idleSeconds, rounds, onProgress, signal } = bench
  await ensureInstalled({ onProgress, signal })
  await using stack = await startStack({ dataDir, signal, onProgress, ephemeral: true })
  onProgress('starting every service')
  await stack.startServices()
  const ready = new Map<string, number[]>()
  const ours = (await stack.describe()).services.map(({ name }) => name).filter((name) => name !== 'playground')
  for (let n = 1; n <= rounds; n += 1)
    for (const name of ours) {
      signal.throwIfAborted()
      onProgress(`round ${n} of ${rounds}: ${name}`)
      await stack.stopPart(name)
      const began = performance.now()
      await stack.startPart(name)
      ready.set(name, [...(ready.get(name) ?? []), (performance.now() - began) / 1_000])
    }
  onProgress(`leaving them alone for ${idleSeconds} s`)
  await sleep(idleSeconds * 1_000, undefined, { signal })
  const { services } = await stack.describe()
  const weights: [string, number][] = []
  for (const { name, pid } of services) if (ours.includes(name)) weights.push([name, round(await rssOf(pid))])
  const readySeconds = Object.fromEntries([...ready].map(([name, each]) => [name, round(quantile(each, 0.5), 2)]))
  const light = weights.every(([, mib]) => mib < MOST_MIB)
  return {
    bench: 'footprint',
    rounds,
    rssMiB: Object.fromEntries(weights),
    servicesMiB: round(weights.reduce((sum, [, mib]) => sum + mib, 0)),
    readySeconds,
    pass: light && Object.values(readySeconds).every((seconds) => seconds < MOST_SECONDS),
  }
}
