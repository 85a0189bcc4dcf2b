import type { Dependency, QueueDepth } from '../api/shapes.ts'

/** The services that only take messages: each is there while somebody takes from all of its queues. */
const SERVICES = ['poster', 'persister', 'scraper', 'replier'] as const

/** What was found of one dependency: undefined while it is up, or what is wrong. */
export type Finding = readonly [name: string, trouble: string | undefined]

const queuesOf = (service: string, queues: readonly QueueDepth[]): QueueDepth[] =>
  queues.filter(({ name }) => name.startsWith(`${service}.`) && !name.endsWith('.dead'))

/** The queues of services from which nobody takes as far as RabbitMQ's statistics know, which come late. Pure. */
export const seeminglyDeserted = (queues: readonly QueueDepth[]): string[] =>
  SERVICES.flatMap((service) => queuesOf(service, queues).filter(({ consumers }) => consumers === 0)).map(
    ({ name }) => name,
  )

/**
 * Whether the services are there, by who takes from their queues. A service of which there is no queue is none of this
 * installation. Pure. @param takers how many take from a queue at this moment, where that was asked
 */
export const serviceFindings = (
  queues: readonly QueueDepth[],
  takers: ReadonlyMap<string, number> = new Map(),
): Finding[] =>
  SERVICES.flatMap((service): Finding[] => {
    const own = queuesOf(service, queues)
    if (own.length === 0) return []
    const deserted = own.filter(({ name, consumers }) => (takers.get(name) ?? consumers) === 0).map(({ name }) => name)
    if (deserted.length === 0) return [[service, undefined]]
    return [[service, `Nobody takes from ${deserted.join(', ')}: is the ${service} running?`]]
  })

/**
 * The dependencies after a finding about some of them: one that stays as it was keeps its `since`. Pure.
 * @returns the same object when nothing changed
 */
export const withFindings = (
  known: ReadonlyMap<string, Dependency>,
  findings: readonly Finding[],
  now: Date,
): ReadonlyMap<string, Dependency> => {
  const changed = findings.flatMap(([name, trouble]): Dependency[] => {
    const before = known.get(name)
    const up = trouble === undefined
    if (before !== undefined && before.up === up && before.detail === (trouble ?? null)) return []
    const since = before !== undefined && before.up === up ? before.since : now.toISOString()
    return [{ name, up, since, detail: trouble ?? null }]
  })
  return changed.length === 0 ? known : new Map([...known, ...changed.map((one) => [one.name, one] as const)])
}
