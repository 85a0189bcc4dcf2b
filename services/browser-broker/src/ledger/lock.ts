import { DatabaseSync } from 'node:sqlite'
import { pause } from '@surepost/shared/runtime'

const AGAIN_MS = 250

/**
 * Hold the shard: an exclusive lock on a file of its own, which the system takes back when this process dies, however
 * it dies. A second process waits until then. (POSIX record locks: the folder must not be on a file system without them.)
 * @param signal aborted when the service shuts down while it waits
 * @throws the signal's reason
 */
export const holdLock = async (path: string, signal: AbortSignal, onWaiting: () => void): Promise<Disposable> => {
  for (let waited = false; ; waited = true) {
    const lock = tryLock(path)
    if (lock !== undefined) return lock
    if (!waited) onWaiting()
    if (!(await pause(AGAIN_MS, signal))) throw signal.reason
  }
}

const tryLock = (path: string): Disposable | undefined => {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('begin exclusive')
    return { [Symbol.dispose]: () => db.close() }
  } catch (error) {
    db.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined
    throw error
  }
}

/** "The database file is locked" (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5
