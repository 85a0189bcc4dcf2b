import { join } from 'node:path'
import { ensureInstalled, PROJECT_ROOT, startStack, type Stack } from '@surepost/stack'
import { configureAccounts, type AccountSummary } from './accounts.ts'
import type { Progress } from './progress.ts'

export interface BringUpOptions {
  readonly dataDir: string
  readonly port?: number
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** The line that `up --json` prints: every endpoint and key of a stack, and how to break it. */
export interface UpLine {
  readonly postgresUrl: string
  readonly amqpUrl: string
  readonly rabbitmqManagementUrl: string
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly consoleUrl: string
  readonly apiKey: string
  readonly playgroundUrl: string
  readonly playgroundLedgerUrl: string
  readonly accounts: readonly AccountSummary[]
  readonly services: readonly { readonly name: string; readonly pid: number; readonly opsPort: number | undefined }[]
  /** Shell commands; `kill` is a stop by SIGKILL. */
  readonly dependencies: readonly {
    readonly name: string
    readonly stop: string
    readonly start: string
    readonly kill: string
  }[]
  readonly dataDir: string
  readonly prometheusUrl: string
  readonly brokerUrl: string
}

/**
 * Install what is missing, start the stack and every service, and configure the two accounts.
 * @throws StackError with a sentence for the person; whatever was started is stopped again
 */
export const bringUp = async ({
  dataDir,
  port,
  progress,
  signal,
}: BringUpOptions): Promise<{ readonly stack: Stack; readonly line: UpLine }> => {
  await ensureInstalled({ onProgress: progress.step, signal })
  progress.step('starting Postgres and RabbitMQ')
  const stack = await startStack({
    dataDir,
    signal,
    onProgress: progress.step,
    onExited: ({ name, how, logFile }) =>
      progress.note(
        `${name} ended unexpectedly (${how}). Its log: ${logFile}. Start it again with: ${command('start', name, dataDir)}`,
      ),
    ...(port === undefined ? {} : { port }),
  })
  try {
    progress.step('starting the services')
    const system = await untilAborted(stack.startServices(), signal)
    progress.step('configuring the accounts')
    const accounts = await configureAccounts(system, signal)
    return { stack, line: lineOf(system, accounts) }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const abort = Promise.withResolvers<never>()
  const onAbort = (): void => abort.reject(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, abort.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const lineOf = (system: Awaited<ReturnType<Stack['describe']>>, accounts: readonly AccountSummary[]): UpLine => {
  const { endpoints } = system
  return {
    postgresUrl: endpoints.postgresUrl,
    amqpUrl: endpoints.amqpUrl,
    rabbitmqManagementUrl: endpoints.rabbitmqManagementUrl,
    supabaseUrl: endpoints.supabaseUrl,
    supabaseKey: endpoints.supabaseKey,
    consoleUrl: system.consoleUrl,
    apiKey: system.apiKey,
    playgroundUrl: system.playgroundUrl,
    playgroundLedgerUrl: `${system.playgroundUrl}/ledger`,
    accounts,
    services: system.services.map(({ name, pid, opsPort }) => ({ name, pid, opsPort })),
    dependencies: system.dependencies.map(({ name }) => ({
      name,
      stop: command('stop', name, system.dataDir),
      start: command('start', name, system.dataDir),
      kill: `${command('stop', name, system.dataDir)} --hard`,
    })),
    dataDir: system.dataDir,
    prometheusUrl: system.prometheusUrl,
    brokerUrl: system.brokerUrl,
  }
}

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

// With absolute paths, so that it works from any folder.
const command = (verb: 'stop' | 'start', name: string, dataDir: string): string =>
  `${quoted(join(PROJECT_ROOT, 'surepost'))} stack ${verb} ${name} --data ${quoted(dataDir)}`
