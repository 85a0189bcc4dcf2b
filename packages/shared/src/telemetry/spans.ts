import { type Ids, type WorkContext, newTrace, currentContext, inContext, readTrace } from './context.ts'

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal'
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** What a span is begun with. */
export interface SpanStart {
  readonly name: string
  readonly kind: SpanKind
  /** The span that it is part of; without one it begins a trace. */
  readonly parent: string | undefined
  /** Spans that it has to do with in other traces, as traceparents. */
  readonly links: readonly string[]
  readonly attributes: Attributes
}

/** A span that was begun. */
export interface Span {
  readonly traceparent: string
  /** @param error what went wrong; only its name is told, since a message may quote anything */
  end(error?: unknown): void
}

/** Who records spans: nobody, unless an OTLP endpoint is configured (see start.ts). */
export interface Tracer {
  begin(start: SpanStart): Span
}

let tracer: Tracer | undefined
export const useTracer = (next: Tracer | undefined): void => {
  tracer = next
}

export const isTracing = (): boolean => tracer !== undefined

export interface Traced {
  readonly name: string
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  readonly ids?: Ids
}

const begin = (
  of: Tracer,
  { name, kind = 'internal', attributes = {}, ids = {} }: Traced,
  parent: string | undefined,
  links: readonly string[],
): Span =>
  of.begin({
    name,
    kind,
    parent,
    links,
    attributes: {
      ...attributes,
      'surepost.post_id': ids.postId,
      'surepost.segment': ids.segment,
      'surepost.account': ids.account,
      'surepost.lease_id': ids.leaseId,
    },
  })

const ended = async <T>(span: Span, run: () => T | Promise<T>): Promise<T> => {
  try {
    const result = await run()
    span.end()
    return result
  } catch (error) {
    span.end(error)
    throw error
  }
}

/** One step of the work at hand, as a span of its trace. Outside of any, or when nobody records: only the step. */
export const traced = <T>(what: Traced, run: () => Promise<T>): Promise<T> => {
  const context = currentContext()
  if (tracer === undefined || context === undefined) return run()
  const ids = { ...pick(context), ...what.ids }
  const span = begin(tracer, { ...what, ids }, context.traceparent, [])
  return inContext({ ...context, ...what.ids, traceparent: span.traceparent }, () => ended(span, run))
}

export interface Received extends Traced {
  /** The traceparent that came with it, if any. */
  readonly parent: unknown
  readonly correlationId?: string | undefined
  readonly links?: readonly string[]
}

/** Work that begins here: a request, a message. Everything it does continues the trace that it came with, or a new one. */
export const received = <T>(
  { parent, correlationId, links = [], ...what }: Received,
  run: () => T | Promise<T>,
): T | Promise<T> => {
  const given = typeof parent === 'string' ? parent : undefined
  const context = { ...what.ids, correlationId }
  if (tracer === undefined) return inContext({ ...context, traceparent: handedOn(given) }, run)
  const span = begin(tracer, what, given, links)
  return inContext({ ...context, traceparent: span.traceparent }, () => ended(span, run))
}

/** Where no spans are made, what came is handed on as it came. (W3C Trace Context.) */
const handedOn = (given: string | undefined): string =>
  given !== undefined && readTrace(given) !== undefined ? given : newTrace()

/** A span that is over by itself: a message of a batch that was applied as one. */
export const mark = (what: Traced, parent: string, links: readonly string[]): Span | undefined =>
  tracer === undefined ? undefined : begin(tracer, what, parent, links)

const pick = ({ postId, segment, account, leaseId }: WorkContext): Ids => ({
  ...(postId === undefined ? {} : { postId }),
  ...(segment === undefined ? {} : { segment }),
  ...(account === undefined ? {} : { account }),
  ...(leaseId === undefined ? {} : { leaseId }),
})
