import { type DestinationStream, type Logger, pino } from 'pino'
import { currentContext, readTrace } from '../telemetry/context.ts'

/** Field names that never reach a log, at any of the first four levels of what is logged. */
const HIDDEN = [
  'authorization',
  'token',
  'key',
  'apiKey',
  'cookie',
  'cookies',
  'session',
  'storageState',
  'password',
  'secret',
  'text',
]
const paths = HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`])

/** What the work at hand belongs to and is about; what a line says itself wins. */
const about = (): object => {
  const context = currentContext()
  if (context === undefined) return {}
  const { traceparent, postId, account, leaseId } = context
  return {
    traceId: readTrace(traceparent)?.traceId,
    ...(postId === undefined ? {} : { postId }),
    ...(account === undefined ? {} : { account }),
    ...(leaseId === undefined ? {} : { leaseId }),
  }
}

/**
 * JSON lines on stdout, one per event, with the service's name, and with the trace, post, account and lease that the work at
 * hand belongs to. Payloads and secrets are not for logs: log ids; the
 * redaction is the net under that rule.
 * @param destination where the lines go instead of stdout (tests)
 */
export const createLogger = (name: string, level = 'info', destination?: DestinationStream): Logger => {
  const options = {
    name,
    level,
    redact: { paths, censor: '[hidden]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: about,
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** A logger that says nothing, for tests and one-off tools. */
export const silentLogger = (): Logger => pino({ level: 'silent' })
