import type { Logger } from 'pino'
import { useTracer } from './spans.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The variables of OpenTelemetry that say where spans go (OTLP exporter specification); the exporter reads them itself. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const

/** Whether spans are to be recorded: only where an endpoint for them is configured. Pure. */
export const wantsTraces = (env: Env): boolean =>
  ENDPOINTS.some((name) => (env[name] ?? '').trim() !== '') && env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true'

/**
 * Record spans from now on, where an endpoint is configured; otherwise nothing of OpenTelemetry is even loaded.
 * @returns to be disposed of last, which sends what is left; undefined when nothing is recorded
 */
export const startTelemetry = async (service: string, env: Env, log: Logger): Promise<AsyncDisposable | undefined> => {
  if (!wantsTraces(env)) return undefined
  const { openTracer } = await import('./otel.ts')
  const { tracer, close } = openTracer(service, log)
  useTracer(tracer)
  return {
    async [Symbol.asyncDispose]() {
      useTracer(undefined)
      await close()
    },
  }
}
