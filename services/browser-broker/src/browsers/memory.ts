import { readFile } from 'node:fs/promises'
import { membersOf } from './group.ts'

const KIB_PER_MIB = 1_024

/**
 * Memory of a process group in MiB. Its proportional share (`Pss` of proc(5), smaps_rollup), since the processes of one
 * Chromium share most of their pages; the resident set where the kernel does not tell the share.
 */
export const memoryOfGroup = async (pgid: number): Promise<number> => {
  const members = await membersOf(pgid)
  const kib = await Promise.all(members.map(memoryOf))
  return kib.reduce((sum, k) => sum + k, 0) / KIB_PER_MIB
}

const memoryOf = async (pid: number): Promise<number> =>
  (await field(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m)) ??
  (await field(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m)) ??
  0

/** A number of a file of /proc; undefined when the process has ended or the file is not for us. */
const field = async (path: string, pattern: RegExp): Promise<number | undefined> => {
  try {
    const [, value] = pattern.exec(await readFile(path, 'utf8')) ?? []
    return value === undefined ? undefined : Number(value)
  } catch {
    return undefined
  }
}
