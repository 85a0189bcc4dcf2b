import { readFileSync, readdirSync } from 'node:fs'

/** A process as it can be told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks after boot at which it began (field 22 of `/proc/<pid>/stat`, proc(5)); 0 where there is no `/proc`. */
  readonly startTime: number
}

/** The environment variable that every process of a stack carries, so that none can be overlooked. */
export const STACK_MARK = 'SUREPOST_STACK'

const readProc = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** What `/proc` says of a process, or undefined when it is gone (a zombie counts as gone). */
export const identify = (pid: number): ProcessIdentity | undefined => {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === undefined) return process.platform === 'linux' || !exists(pid) ? undefined : { pid, startTime: 0 }
  // The name (field 2) may hold spaces and brackets: count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startTime: Number(fields[19]) }
}

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** True while the very process that was recorded still runs. */
export const isAlive = (recorded: ProcessIdentity): boolean => {
  const now = identify(recorded.pid)
  return now !== undefined && now.startTime === recorded.startTime
}

/** Children of a process, by number; empty where there is no `/proc`. */
export const childrenOf = (pid: number): readonly number[] =>
  (readProc(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)

/**
 * Every living process whose environment carries the mark of this stack, whoever its parent is by now: daemons that
 * left their group and browsers of a killed service are found as well.
 */
export const findMarked = (stackId: string): readonly ProcessIdentity[] => {
  const mark = `${STACK_MARK}=${stackId}\0`
  return procIds()
    .filter((pid) => pid !== process.pid && readProc(`/proc/${pid}/environ`)?.includes(mark))
    .map(identify)
    .filter((found) => found !== undefined)
}

const procIds = (): number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
