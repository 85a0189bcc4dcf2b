import {
  DiagLogLevel,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind as Kind,
  SpanStatusCode,
  diag,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { Logger } from 'pino'
import { readTrace } from './context.ts'
import type { SpanKind, Tracer } from './spans.ts'

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  server: Kind.SERVER,
  client: Kind.CLIENT,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
  internal: Kind.INTERNAL,
}

/** Sending what is left must not hold up a shutdown. Milliseconds. */
const CLOSE_MS = 2_000

const contextOf = (traceparent: string): SpanContext | undefined => {
  const parts = readTrace(traceparent)
  return parts && { traceId: parts.traceId, spanId: parts.spanId, traceFlags: parts.flags, isRemote: true }
}

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`

/**
 * A tracer that sends OTLP over HTTP, with the standard variables (OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER, OTEL_BSP_*).
 * An endpoint that is away costs spans and nothing else; what the exporter says of it is logged without its details, which
 * may hold the headers.
 */
export const openTracer = (
  service: string,
  log: Logger,
): { readonly tracer: Tracer; readonly close: () => Promise<void> } => {
  const say = (): void => log.warn('spans could not be sent to the OTLP endpoint; they are dropped')
  const quiet = (): void => undefined
  diag.setLogger(
    { error: say, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR },
  )
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'surepost' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const otel = provider.getTracer('surepost')
  const tracer: Tracer = {
    begin({ name, kind, parent, links, attributes }) {
      const above = parent === undefined ? undefined : contextOf(parent)
      const context = above === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above)
      const linked = links.flatMap((link) => contextOf(link) ?? []).map((other) => ({ context: other }))
      const known = Object.entries(attributes).filter(([, value]) => value !== undefined)
      const options = {
        kind: KINDS[kind],
        links: linked,
        attributes: Object.fromEntries(known) as Record<string, string>,
      }
      const span = otel.startSpan(name, options, context)
      return {
        traceparent: traceparentOf(span.spanContext()),
        end(error) {
          if (error !== undefined) {
            const kindOfError = error instanceof Error ? error.name : 'Error'
            span.setAttribute('error.type', kindOfError)
            span.setStatus({ code: SpanStatusCode.ERROR, message: kindOfError })
          }
          span.end()
        },
      }
    },
  }
  const close = async (): Promise<void> => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
    await Promise.race([provider.shutdown().catch(say), late])
  }
  return { tracer, close }
}
