import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { StackError } from '../errors.ts'
import { childrenOf, identify, type ProcessIdentity } from './identity.ts'

/** How to run one process of the stack. */
export interface ProcessSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The whole environment apart from the stack's mark and the passed-through basics. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly logFile: string
  /** Run as this user; needs root. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** What asks it to stop by itself. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT'
  /** After this many milliseconds of a stop it is killed. */
  readonly stopTimeoutMs: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** A running (or ended) process in a group of its own. */
export interface ManagedProcess extends ProcessIdentity {
  readonly name: string
  /** Resolves once it has ended and its group was killed. */
  readonly exited: Promise<Exit>
  readonly running: boolean
  /** Ask it to stop and kill it after the spec's time; `hard` kills at once, children included. */
  stop(options?: { readonly hard?: boolean }): Promise<void>
}

const PASSED_THROUGH = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]

/** Basics of the caller's environment that a process of the stack may see; nothing else is inherited. */
export const basicEnv = (): Record<string, string> =>
  Object.fromEntries(
    PASSED_THROUGH.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )

/**
 * Start a process in a group of its own, its output appended to its log file.
 * @throws StackError when it cannot be started at all
 */
export const startProcess = async (
  spec: ProcessSpec,
  mark: Readonly<Record<string, string>>,
): Promise<ManagedProcess> => {
  const log = openSync(spec.logFile, 'a', 0o600)
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...basicEnv(), ...spec.env, ...mark },
    detached: true,
    stdio: ['ignore', log, log],
    ...spec.user,
  })
  closeSync(log)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(new StackError(`Could not start ${spec.name} (${spec.command}): ${cause.message}.`, { cause })),
    )
  })
  const pid = child.pid ?? 0
  let running = child.exitCode === null && child.signalCode === null
  const exited = new Promise<Exit>((resolve) => {
    const end = (code: number | null, signal: string | null): void => {
      running = false
      killGroup(pid)
      resolve({ code, signal })
    }
    if (running) child.once('exit', end)
    else end(child.exitCode, child.signalCode)
  })
  return {
    name: spec.name,
    pid,
    startTime: identify(pid)?.startTime ?? 0,
    exited,
    get running() {
      return running
    },
    stop: async ({ hard = false } = {}) => {
      if (!running) return
      if (hard) return killTree(pid, exited)
      signalProcess(pid, spec.stopSignal)
      const deadline = new AbortController()
      const late = sleep(spec.stopTimeoutMs, 'late' as const, { signal: deadline.signal }).catch(() => 'ended' as const)
      const first = await Promise.race([exited.then(() => 'ended' as const), late])
      deadline.abort()
      if (first === 'late') await killTree(pid, exited)
    },
  }
}

const killTree = async (pid: number, exited: Promise<Exit>): Promise<void> => {
  // Postgres puts its backends in groups of their own: name them before their parent is gone.
  const children = childrenOf(pid)
  signalProcess(pid, 'SIGKILL')
  killGroup(pid)
  for (const child of children) signalProcess(child, 'SIGKILL')
  await exited
}

const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already: what was wanted.
  }
}

const killGroup = (pid: number): void => {
  if (pid > 1) signalProcess(-pid, 'SIGKILL')
}
