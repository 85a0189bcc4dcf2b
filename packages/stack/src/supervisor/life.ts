import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { containerBackend } from '../backends/containers.ts'
import { localBackend } from '../backends/local.ts'
import type { StackContext } from '../dependencies/dependency.ts'
import { StackError } from '../errors.ts'
import { identify, STACK_MARK, type ProcessIdentity } from '../process/identity.ts'
import { removeState, writeState, type StackState } from '../state.ts'
import { openControl } from './control.ts'
import { isolates } from './isolates.ts'
import { operations } from './operations.ts'
import type { StartRequest, SupervisorMessage } from './protocol.ts'
import { services } from './services.ts'
import { mainSite } from './site.ts'
import { dependencies } from './stack.ts'
import { sweep } from './sweep.ts'

/** A stack that is starting or up; `stop` may be called at any time, and again. */
export interface Running {
  /** Resolves when everything answers. @throws StackError */
  readonly started: Promise<void>
  /** `hurry`: nothing is left running after about 8 s, whatever it is doing. */
  stop(options?: { readonly hurry?: boolean }): Promise<void>
}

/** How long a stop may take before everything that is left is killed. */
const LATEST_MS = { hurry: 7_000, gentle: 25_000 } as const

/** Start the parts of a stack, record them, and answer the control API until it is stopped. */
export const beginLife = async (
  context: StackContext,
  request: StartRequest,
  tell: (message: SupervisorMessage) => void,
  onStopped: () => void,
): Promise<Running> => {
  const backend = request.backend === 'containers' ? containerBackend() : localBackend
  const parts = {
    dependencies: dependencies(context, backend),
    services: services(context, mainSite(context)),
    isolates: isolates(context, backend),
  }
  const aborter = new AbortController()
  const owners = { supervisor: self(process.pid), command: self(process.ppid) }
  let phase: StackState['phase'] = 'starting'
  let stopping: Promise<void> | undefined
  let started: Promise<void> = Promise.resolve()

  const record = (): void => {
    if (phase !== 'stopped') writeState(stateOf(context, parts, { phase, ...owners }))
  }
  const enter = (next: StackState['phase']): void => {
    if (next !== 'stopped' && phase === 'stopping') return
    phase = next
    record()
  }

  const stopAll = async (hurry: boolean): Promise<void> => {
    aborter.abort(new StackError('The stack was stopped while it started.'))
    enter('stopping')
    // Whatever hangs, nothing may outlive the promise.
    const late = setTimeout(() => void sweep(markOf(context)), hurry ? LATEST_MS.hurry : LATEST_MS.gentle)
    // What is being started just now must not come up behind the stop's back.
    await Promise.race([started.catch(() => undefined), sleep(2_000)])
    await parts.services.stop({ hurry })
    await parts.isolates.stopAll()
    await parts.dependencies.stop({ hard: request.ephemeral })
    clearTimeout(late)
    await sweep(markOf(context))
    enter('stopped')
    close(control)
    tidy(context, request)
    onStopped()
  }

  const stop = (options: { readonly hurry?: boolean } = {}): Promise<void> =>
    (stopping ??= stopAll(options.hurry ?? false))
  const control: Server = await openControl(
    context.ports.control,
    context.secrets.controlToken,
    operations({ context, ...parts, record, stop }),
  )
  record()
  const start = async (): Promise<void> => {
    const recorder = setInterval(record, 250)
    try {
      await parts.dependencies.start((text) => tell({ type: 'progress', text }), aborter.signal)
      enter('ready')
    } finally {
      clearInterval(recorder)
    }
  }
  started = start()
  return { started, stop }
}

const close = (control: Server): void => {
  control.close()
  control.closeAllConnections()
}

const tidy = ({ dataDir }: StackContext, { ephemeral }: StartRequest): void => {
  if (ephemeral) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
  else removeState(dataDir)
}

const self = (pid: number): ProcessIdentity => identify(pid) ?? { pid, startTime: 0 }

const markOf = (context: StackContext): string => context.mark[STACK_MARK] ?? ''

const stateOf = (
  context: StackContext,
  parts: {
    readonly dependencies: ReturnType<typeof dependencies>
    readonly services: ReturnType<typeof services>
  },
  now: Pick<StackState, 'phase' | 'supervisor' | 'command'>,
): StackState => ({
  version: 1,
  mark: markOf(context),
  dataDir: context.dataDir,
  ...now,
  control: { port: context.ports.control, token: context.secrets.controlToken },
  processes: [
    ...parts.dependencies.processes().map(({ pid, startTime, name }) => ({
      pid,
      startTime,
      name,
      kind: 'dependency' as const,
      logFile: join(context.logDir, `${name}.log`),
    })),
    ...parts.services.list(),
  ],
})
