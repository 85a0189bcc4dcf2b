import { type QueueSample, ageOf } from '../decisions/queue-age.ts'
import type { QueueReading, Queues, Read } from '../ports.ts'

/** Readings closer together than this are one. */
const EVERY_MS = 4_000
/** An hour of them. */
const KEPT = 900
/** As many as a small chart shows: five minutes. */
const SHOWN = 75

interface Source {
  readings(read: Read): Promise<readonly QueueReading[]>
}

/** Queues whose readings are remembered for a while: how long their oldest message has waited follows from them. */
export const withHistory = (source: Source, now: () => number = Date.now): Queues => {
  const kept = new Map<string, QueueSample[]>()
  const keep = (name: string, sample: QueueSample): QueueSample[] => {
    const samples = kept.get(name) ?? []
    const last = samples.at(-1)
    // Counters begin anew when RabbitMQ does: what was before says nothing any more.
    if (last !== undefined && sample.acked < last.acked) samples.length = 0
    if (last === undefined || sample.at - last.at >= EVERY_MS) samples.push(sample)
    if (samples.length > KEPT) samples.splice(0, samples.length - KEPT)
    kept.set(name, samples)
    return samples
  }
  return {
    async depths(read) {
      const found = await source.readings(read)
      const names = new Set(found.map(({ name }) => name))
      for (const name of kept.keys()) if (!names.has(name)) kept.delete(name)
      return found.map(({ acked, ...queue }) => {
        const sample = { at: now(), depth: queue.ready + queue.unacked, acked }
        const samples = keep(queue.name, sample)
        return { ...queue, ageMs: ageOf(queue.name, samples, sample) }
      })
    },
    history: (name) => (kept.get(name) ?? []).slice(-SHOWN).map(({ depth }) => depth),
  }
}
