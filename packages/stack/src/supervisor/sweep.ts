import { setTimeout as sleep } from 'node:timers/promises'
import { removeLeftSegment } from '../dependencies/postgres-memory.ts'
import { findMarked, isAlive, type ProcessIdentity } from '../process/identity.ts'
import type { StackState } from '../state.ts'

const kill = (target: ProcessIdentity): void => {
  try {
    process.kill(target.pid, 'SIGKILL')
  } catch {
    // Gone meanwhile.
  }
}

/**
 * Kill every process that still belongs to a run: what its state file names and whatever else carries its mark.
 * @returns how many were found
 */
export const sweep = async (mark: string, recorded: readonly ProcessIdentity[] = []): Promise<number> => {
  const seen = new Set<number>()
  const deadline = Date.now() + 5_000
  while (Date.now() < deadline) {
    const left = [...findMarked(mark), ...recorded.filter((one) => one.pid !== process.pid && isAlive(one))]
    if (left.length === 0) break
    for (const one of left) {
      seen.add(one.pid)
      kill(one)
    }
    await sleep(20)
  }
  return seen.size
}

/** Clean up after a run whose supervisor is gone. */
export const sweepState = async (state: StackState): Promise<void> => {
  await sweep(state.mark, [state.supervisor, ...state.processes])
  await removeLeftSegment(state.dataDir)
}
