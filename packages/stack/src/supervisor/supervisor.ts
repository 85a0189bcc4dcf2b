import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { lockFolder, prepareFolder, readKnown, writeKnown } from '../data-folder.ts'
import type { StackContext } from '../dependencies/dependency.ts'
import { chooseBase, portsFrom } from '../ports.ts'
import { STACK_MARK } from '../process/identity.ts'
import { loadSecrets } from '../secrets.ts'
import { readState } from '../state.ts'
import { beginLife, type Running } from './life.ts'
import type { StartRequest, SupervisorMessage } from './protocol.ts'
import { sweepState } from './sweep.ts'

/**
 * Take the data folder, clean up what a crash left in it, and run a stack there.
 * @param tell reports to the command
 * @param onStopped called once everything is gone
 * @throws StackError when the folder or a port is taken
 */
export const runStack = async (
  request: StartRequest,
  tell: (message: SupervisorMessage) => void,
  onStopped: () => void,
): Promise<Running> => {
  const dataDir = prepareFolder(request.dataDir)
  const lock = lockFolder(dataDir)
  try {
    const left = readState(dataDir)
    if (left) await sweepState(left)
    const context = await contextOf(dataDir, request, tell)
    return await beginLife(context, request, tell, () => {
      lock.release()
      onStopped()
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

const contextOf = async (
  dataDir: string,
  request: StartRequest,
  tell: (message: SupervisorMessage) => void,
): Promise<StackContext> => {
  const known = readKnown(dataDir)
  const base = await chooseBase({
    ...(request.port === undefined ? {} : { wanted: request.port }),
    ...(known.base === undefined ? {} : { preferred: known.base }),
  })
  writeKnown(dataDir, { ...known, base })
  return {
    id: known.id,
    dataDir,
    logDir: join(dataDir, 'log'),
    ports: portsFrom(base),
    secrets: loadSecrets(dataDir),
    // Another one for every run, so that a copied folder's stack is not taken for this one.
    mark: { [STACK_MARK]: `${known.id}-${randomBytes(4).toString('hex')}` },
    durable: request.durable,
    onUnexpectedExit: (name, exit, logFile) =>
      tell({ type: 'exited', name, how: exit.signal ?? `exit ${exit.code}`, logFile }),
  }
}
