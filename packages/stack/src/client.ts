import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'
import { controlAt, type Control, type ControlAddress } from './control-client.ts'
import { cleanUp } from './down.ts'
import { StackError } from './errors.ts'
import type { SupervisorMessage } from './supervisor/protocol.ts'
import { readState } from './state.ts'

export interface StackOptions {
  /** Where everything of the stack is kept; made when missing. */
  readonly dataDir: string
  /** First of a block of 32 ports; chosen when absent. */
  readonly port?: number
  /** Remove the data folder at the end, and do not lose time over stopping gently. */
  readonly ephemeral?: boolean
  /** False: Postgres does not wait for the disk (a crash of the machine may lose data, of a process not). */
  readonly durable?: boolean
  /** `containers`: RabbitMQ, Postgres and PostgREST from their images by testcontainers; their data goes with the stack. */
  readonly backend?: 'local' | 'containers'
  /** Told what has been reached, one short sentence each. */
  readonly onProgress?: (text: string) => void
  /** Told when a process of the stack ended that nobody stopped. It is not started again. */
  readonly onExited?: (exited: { readonly name: string; readonly how: string; readonly logFile: string }) => void
  /** Aborting stops what was begun. */
  readonly signal?: AbortSignal
}

/** A running stack. Disposing it stops everything. */
export interface Stack extends AsyncDisposable, Control, ControlAddress {
  /** Resolves when the stack has ended, whoever stopped it. */
  readonly ended: Promise<void>
  /** Stop everything and wait until nothing is left. May be called again. */
  stop(): Promise<void>
}

/**
 * Start RabbitMQ, Postgres, PostgREST and the gateway in one data folder, under a supervisor that stops them when this
 * process ends, however it ends.
 * @throws StackError when the folder or a port is taken, something is missing, or something does not start
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  options.signal?.throwIfAborted()
  const dataDir = resolve(options.dataDir)
  const child = fork(fileURLToPath(new URL('./supervisor/main.ts', import.meta.url)), [], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const gone = new Promise<void>((settle) => child.once('exit', () => settle())).then(() =>
    cleanUpAfter(child, dataDir),
  )
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await gone
  }
  const abort = (): void => void stop()
  options.signal?.addEventListener('abort', abort, { once: true })
  try {
    await readiness(child, dataDir, options)
  } catch (error) {
    await stop()
    options.signal?.throwIfAborted()
    throw error
  } finally {
    options.signal?.removeEventListener('abort', abort)
  }
  const state = readState(dataDir)
  if (state === undefined) throw new StackError(`The stack in ${dataDir} left no state file.`)
  return { dataDir, control: state.control, ...controlAt(state), ended: gone, stop, [Symbol.asyncDispose]: stop }
}

// A supervisor that was killed has left its processes: it is the only one who would have stopped them.
const cleanUpAfter = async (child: ChildProcess, dataDir: string): Promise<void> => {
  const left = readState(dataDir)
  if (left !== undefined && left.supervisor.pid === child.pid) await cleanUp(left)
}

const readiness = (child: ChildProcess, dataDir: string, options: StackOptions): Promise<void> =>
  new Promise((ready, reject) => {
    child.on('message', (message: SupervisorMessage) => {
      if (message.type === 'progress') options.onProgress?.(message.text)
      else if (message.type === 'exited') options.onExited?.(message)
      else if (message.type === 'ready') ready()
      else reject(new StackError(message.message))
    })
    child.once('error', (cause) =>
      reject(new StackError(`The supervisor could not be started: ${cause.message}.`, { cause })),
    )
    child.once('exit', (code, signal) =>
      reject(new StackError(`The supervisor ended early (${signal ?? `exit ${code}`}).`)),
    )
    child.send({
      type: 'start',
      dataDir,
      ephemeral: options.ephemeral ?? false,
      durable: options.durable ?? true,
      backend: options.backend ?? 'local',
      ...(options.port === undefined ? {} : { port: options.port }),
    })
  })
