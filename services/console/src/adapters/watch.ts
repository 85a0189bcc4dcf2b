import { messageOf } from '@surepost/shared/errors'
import { within } from '@surepost/shared/runtime'
import type { Dependency } from '../api/shapes.ts'
import { type Finding, seeminglyDeserted, serviceFindings, withFindings } from '../decisions/dependencies.ts'
import type { Pool, Queues, Watch } from '../ports.ts'

/** Whoever looks is told within this and the longest that an answer may take. */
const EVERY_MS = 2_000
const ANSWER_MS = 3_000

export interface Watched {
  /** Empty while it can be used; otherwise a sentence per trouble. */
  readonly database: { health(): Promise<readonly string[]> }
  readonly rabbitmq: {
    health(): Promise<readonly string[]>
    /** How many take from each of these queues at this moment. */
    takers(queues: readonly string[]): Promise<readonly number[]>
  }
  readonly queues: Pick<Queues, 'depths'>
  readonly pool: Pick<Pool, 'pressure' | 'shards'>
}

const noAnswer = (): Error => new Error(`There was no answer within ${ANSWER_MS / 1_000} s.`)

type Probe = () => Promise<readonly Finding[]>

const fromHealth =
  (name: string, part: { health(): Promise<readonly string[]> }): Probe =>
  async () => {
    const late = AbortSignal.timeout(ANSWER_MS)
    const timeUp = new Promise<readonly string[]>((resolve) =>
      late.addEventListener('abort', () => resolve([`${name} did not answer within ${ANSWER_MS / 1_000} s.`])),
    )
    const [trouble] = await Promise.race([part.health(), timeUp]).catch((error: unknown) => [messageOf(error)])
    return [[name, trouble]]
  }

/**
 * The statistics of RabbitMQ count consumers late, after its own return by ten seconds and more: where they say that nobody takes, it is
 * asked itself. A service is away when two looks in a row say so, since one that starts again is not.
 */
const fromQueues = (queues: Watched['queues'], rabbitmq: Pick<Watched['rabbitmq'], 'takers'>): Probe => {
  let deserted: ReadonlySet<string> = new Set()
  return async () => {
    try {
      const depths = await queues.depths({ signal: AbortSignal.timeout(ANSWER_MS) })
      const doubted = seeminglyDeserted(depths)
      const counts = doubted.length === 0 ? [] : await within(rabbitmq.takers(doubted), ANSWER_MS, noAnswer)
      const findings = serviceFindings(depths, new Map(doubted.map((name, i) => [name, counts[i] ?? 0])))
      const before = deserted
      deserted = new Set(findings.filter(([, trouble]) => trouble !== undefined).map(([name]) => name))
      return findings.filter(([name, trouble]) => trouble === undefined || before.has(name))
    } catch {
      // RabbitMQ's own probe says it; who takes from the queues is not known meanwhile.
      return []
    }
  }
}

const fromPool =
  (pool: Watched['pool']): Probe =>
  async () => {
    const answered = await pool.pressure({ signal: AbortSignal.timeout(ANSWER_MS) })
    return Array.from({ length: pool.shards }, (_, shard): Finding => {
      const name = `browser-broker ${shard}`
      const isThere = answered.some((one) => one.shard === shard)
      return [name, isThere ? undefined : `${name} does not answer: its accounts can neither publish nor be read.`]
    })
  }

/** Asks everything that the console stands on, each by itself so that a slow one holds up no other, until disposed of. */
export const watchDependencies = (watched: Watched): Watch & AsyncDisposable => {
  let known: ReadonlyMap<string, Dependency> = new Map()
  const listeners = new Set<(all: readonly Dependency[]) => void>()
  const timers = new Map<Probe, NodeJS.Timeout>()
  let stopped = false
  const all = (): Dependency[] => [...known.values()].toSorted((a, b) => a.name.localeCompare(b.name))
  const take = (findings: readonly Finding[]): void => {
    const next = withFindings(known, findings, new Date())
    if (next === known) return
    known = next
    for (const listener of listeners) listener(all())
  }
  const repeat = async (probe: Probe): Promise<void> => {
    const findings = await probe()
    if (stopped) return
    take(findings)
    timers.set(
      probe,
      setTimeout(() => void repeat(probe), EVERY_MS),
    )
  }
  const { database, rabbitmq, queues, pool } = watched
  for (const probe of [
    fromHealth('database', database),
    fromHealth('RabbitMQ', rabbitmq),
    fromQueues(queues, rabbitmq),
    fromPool(pool),
  ])
    void repeat(probe)
  return {
    dependencies: all,
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
