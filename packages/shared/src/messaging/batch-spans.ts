import { currentContext, idsOf, readTrace } from '../telemetry/context.ts'
import { type Span, isTracing, mark, received } from '../telemetry/spans.ts'
import { HEADER, headersOf } from './envelope.ts'
import { messagingAttributes } from './spans.ts'
import type { Taken } from './subscription.ts'
import type { QueuedFact } from './types.ts'

interface Entry {
  readonly taken: Pick<Taken, 'message'>
  readonly fact: QueuedFact
}

const traceOf = ({ taken: { message } }: Entry): string | undefined => {
  const header = headersOf(message)[HEADER.traceparent]
  return typeof header === 'string' && readTrace(header) !== undefined ? header : undefined
}

/**
 * A batch applies facts of many traces as one. It is a trace of its own, linked to all of theirs, unless they are all of one
 * trace, which it then continues; and each fact has a span in its own trace, linked to the batch's.
 */
export const applyTraced = async <T>(queue: string, batch: readonly Entry[], apply: () => Promise<T>): Promise<T> => {
  if (!isTracing()) return apply()
  const parents = batch.flatMap((entry) => traceOf(entry) ?? [])
  const traces = new Set(parents.map((parent) => readTrace(parent)?.traceId))
  const attributes = { ...messagingAttributes(queue, undefined), 'messaging.batch.message_count': batch.length }
  const parent = traces.size === 1 ? parents[0] : undefined
  return received({ name: 'apply facts', kind: 'consumer', parent, links: parents, attributes }, async () => {
    const own = currentContext()?.traceparent
    const spans = batch.flatMap((entry): Span[] => {
      const trace = traceOf(entry)
      const { id, type, body } = entry.fact
      const what = {
        name: `process ${type}`,
        kind: 'consumer',
        attributes: messagingAttributes(queue, id),
        ids: idsOf(body),
      } as const
      return trace === undefined
        ? []
        : [mark(what, trace, own === undefined ? [] : [own])].filter((span) => span !== undefined)
    })
    try {
      return await apply()
    } finally {
      spans.forEach((span) => span.end())
    }
  })
}
