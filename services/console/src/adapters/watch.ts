import { messageOf } from '@surepost/shared/errors'
import type { Dependency } from '../api/shapes.ts'
import { type Finding, serviceFindings, withFindings } from '../decisions/dependencies.ts'
import type { Pool, Queues, Watch } from '../ports.ts'

/** Whoever looks is told within this and the longest that an answer may take. */
const EVERY_MS = 2_000
const ANSWER_MS = 3_000

export interface Watched {
  /** Empty while it can be used; otherwise a sentence per trouble. */
  readonly database: { health(): Promise<readonly string[]> }
  readonly rabbitmq: { health(): Promise<readonly string[]> }
  readonly queues: Pick<Queues, 'depths'>
  readonly pool: Pick<Pool, 'pressure' | 'shards'>
}

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

/** RabbitMQ counts consumers some seconds late: a service is away when two looks in a row say so. */
const fromQueues = (queues: Watched['queues']): Probe => {
  let deserted: ReadonlySet<string> = new Set()
  return async () => {
    try {
      const findings = serviceFindings(await queues.depths({ signal: AbortSignal.timeout(ANSWER_MS) }))
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
    fromQueues(queues),
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
