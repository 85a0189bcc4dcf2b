import { messageOf } from '@surepost/shared/errors'
import { StartRequest, type SupervisorMessage } from './protocol.ts'
import type { Running } from './life.ts'
import { runStack } from './supervisor.ts'

// Started by `startStack` in a session of its own: a Ctrl-C in the terminal reaches the command only. The IPC channel
// is the tie to it: when that closes, for whatever reason, everything is stopped.

const tell = (message: SupervisorMessage): void => {
  if (process.connected) process.send?.(message, () => undefined)
}

const fail = (error: unknown): void => {
  tell({ type: 'failed', message: messageOf(error) })
}

const leave = (): void => {
  if (process.connected) process.disconnect()
  process.exitCode ??= 0
  // Nothing is left to do; a handle that somebody forgot must not keep the process.
  setTimeout(() => process.exit(), 200).unref()
}

const report = async (stack: Running): Promise<void> => {
  try {
    await stack.started
    tell({ type: 'ready' })
  } catch (error) {
    fail(error)
    await stack.stop()
  }
}

process.once('message', (message) => {
  const begun = runStack(StartRequest.parse(message), tell, leave)
  process.once('disconnect', () => void begun.then((stack) => stack.stop({ hurry: true }), leave))
  // Not `once`: signal-exit, which comes with testcontainers, ends a process that has no listener left but its own.
  process.on('SIGTERM', () => void begun.then((stack) => stack.stop(), leave))
  begun.then(report, (error: unknown) => {
    fail(error)
    leave()
  })
})
