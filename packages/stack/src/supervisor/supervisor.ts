import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import type { StackContext } from '../dependencies/dependency.ts'
import { StackError } from '../errors.ts'
import { lockFolder, prepareFolder, readKnown, writeKnown } from '../data-folder.ts'
import { identify, STACK_MARK, type ProcessIdentity } from '../process/identity.ts'
import { chooseBase, portsFrom } from '../ports.ts'
import { loadSecrets } from '../secrets.ts'
import { readState, removeState, writeState, type StackState } from '../state.ts'
import { openControl } from './control.ts'
import { isolates } from './isolates.ts'
import { operations } from './operations.ts'
import type { StartRequest, SupervisorMessage } from './protocol.ts'
import { services } from './services.ts'
import { dependencies } from './stack.ts'
import { sweep, sweepState } from './sweep.ts'

const self = (pid: number): ProcessIdentity => identify(pid) ?? { pid, startTime: 0 }

/** A stack that is starting or up; `stop` may be called at any time, and again. */
export interface Running {
  /** Resolves when everything answers. @throws StackError */
  readonly started: Promise<void>
  /** @param options.hurry leave nothing running after about 8 s, whatever it is doing */
  stop(options?: { readonly hurry?: boolean }): Promise<void>
}

/**
 * Take the data folder and run a stack in it.
 * @param tell reports to the command
 * @param onStopped called once everything is gone
 */
export const runStack = async (request: StartRequest, tell: (message: SupervisorMessage) => void, onStopped: () => void): Promise<Running> => {
  const dataDir = prepareFolder(request.dataDir)
  const lock = lockFolder(dataDir)
  try {
    const left = readState(dataDir)
    if (left) await sweepState(left)
    const known = readKnown(dataDir)
    const base = await chooseBase({ ...(request.port === undefined ? {} : { wanted: request.port }), ...(known.base === undefined ? {} : { preferred: known.base }) })
    writeKnown(dataDir, { ...known, base })
    const secrets = loadSecrets(dataDir)
    const mark = `${known.id}-${randomBytes(4).toString('hex')}`
    const context: StackContext = {
      id: known.id,
      dataDir,
      logDir: join(dataDir, 'log'),
      ports: portsFrom(base),
      secrets,
      mark: { [STACK_MARK]: mark },
      durable: request.durable,
      onUnexpectedExit: (name, exit, logFile) => tell({ type: 'exited', name, how: exit.signal ?? `exit ${exit.code}`, logFile }),
    }
    return await begin(context, mark, request, tell, () => {
      lock.release()
      onStopped()
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

const begin = async (
  context: StackContext,
  mark: string,
  request: StartRequest,
  tell: (message: SupervisorMessage) => void,
  onStopped: () => void,
): Promise<Running> => {
  const parts = { dependencies: dependencies(context), services: services(context), isolates: isolates(context) }
  const aborter = new AbortController()
  const supervisor = self(process.pid)
  const command = self(process.ppid)
  let phase: StackState['phase'] = 'starting'
  const record = (): void =>
    writeState({
      version: 1,
      mark,
      dataDir: context.dataDir,
      phase,
      supervisor,
      command,
      control: { port: context.ports.control, token: context.secrets.controlToken },
      processes: [
        ...parts.dependencies.processes().map(({ pid, startTime, name }) => ({ pid, startTime, name, kind: 'dependency' as const, logFile: join(context.logDir, `${name}.log`) })),
        ...parts.services.list(),
      ],
    })
  let stopping: Promise<void> | undefined
  const stop = (options: { readonly hurry?: boolean } = {}): Promise<void> => (stopping ??= stopAll(options.hurry ?? false))
  const control: Server = await openControl(context.ports.control, context.secrets.controlToken, operations({ context, ...parts, record, stop }))
  record()

  const stopAll = async (hurry: boolean): Promise<void> => {
    aborter.abort(new StackError('The stack was stopped while it started.'))
    phase = 'stopping'
    record()
    // Whatever hangs, nothing may outlive the promise: the sweep comes at the latest now.
    const late = setTimeout(() => void sweep(mark), hurry ? 7_000 : 25_000)
    await parts.services.stop({ hurry })
    await parts.isolates.disposeAll()
    await parts.dependencies.stop({ hard: request.ephemeral })
    clearTimeout(late)
    await sweep(mark)
    control.close()
    control.closeAllConnections()
    if (request.ephemeral) rmSync(context.dataDir, { recursive: true, force: true, maxRetries: 3 })
    else removeState(context.dataDir)
    onStopped()
  }

  const recorder = setInterval(record, 500)
  const start = async (): Promise<void> => {
    try {
      await parts.dependencies.start((text) => tell({ type: 'progress', text }), aborter.signal)
      phase = 'ready'
    } finally {
      clearInterval(recorder)
      if (phase !== 'stopping') record()
    }
  }
  return { started: start(), stop }
}
