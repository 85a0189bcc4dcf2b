import { ConfigError, messageOf } from '../errors/index.ts'
import { type Service, type ServiceOptions, type Start, createService } from './service.ts'

/** Exit codes: 78 is EX_CONFIG of sysexits.h. */
const EXIT = { clean: 0, failed: 1, config: 78 } as const

/** What is left open after everything was released gets this long to close by itself. */
const LINGER_MS = 1_000

/** How stdin, stdout and stderr are called among the open resources. */
const STANDARD_STREAMS = ['PipeWrap', 'TTYWrap']

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/**
 * A whole service process. Serves the ops endpoints (unready at first), runs `start`, and on SIGTERM or SIGINT releases
 * in reverse what the scope took into use, inside SHUTDOWN_GRACE_MS.
 *
 * Exit codes: 0 after a clean stop; 78 for configuration that cannot be used, with one sentence per variable on stderr;
 * 1 for any other failed start, for an unhandled rejection or exception, and for a stop that took too long, each with
 * one line that says so.
 */
export const runService = async (name: string, start: Start, options: ServiceOptions = {}): Promise<void> => {
  let service: Service
  try {
    service = createService(name, start, options)
  } catch (error) {
    return exit(bootFailure(name, error))
  }
  let ending = false
  const end = async (code: number): Promise<void> => {
    if (ending) return exit(EXIT.failed)
    ending = true
    try {
      await service.stop()
      exit(code)
    } catch (error) {
      say(messageOf(error))
      process.exit(EXIT.failed)
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      service.log.info({ signal }, 'stopping')
      void end(EXIT.clean)
    })
  }
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      service.log.fatal({ err: error }, `${event}: stopping, since what it left behind is not known`)
      void end(EXIT.failed)
    })
  }
  try {
    await service.start()
  } catch (error) {
    // A start that a signal interrupted is part of the stop, not a failure.
    if (!ending) exit(bootFailure(name, error))
  }
}

const bootFailure = (name: string, error: unknown): number => {
  if (error instanceof ConfigError) {
    say(error.message)
    return EXIT.config
  }
  say(`${name} could not start: ${messageOf(error)}`)
  return EXIT.failed
}

/** Leave the event loop to run dry; what still holds it is named and then cut. */
const exit = (code: number): void => {
  process.exitCode = code
  const cut = setTimeout(() => {
    const open = process.getActiveResourcesInfo().filter((kind) => !STANDARD_STREAMS.includes(kind))
    say(`Ended with these still open: ${open.join(', ')}.`)
    process.exit(code)
  }, LINGER_MS)
  cut.unref()
}
