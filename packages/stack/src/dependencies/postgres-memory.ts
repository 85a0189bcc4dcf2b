import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../system/run.ts'

/**
 * Give back the small System V shared memory segment that a killed Postgres leaves in the kernel; the next start would
 * do so, but there may be none. Line 7 of `postmaster.pid` holds its key and its id
 * (src/include/utils/pidfile.h, LOCK_FILE_LINE_SHMEM_KEY). Only for a server that is known to be gone.
 */
export const removeLeftSegment = async (dataDir: string): Promise<void> => {
  const id = segmentOf(join(dataDir, 'postgres', 'postmaster.pid'))
  if (id !== undefined) await run('ipcrm', ['--shmem-id', id], { timeoutMs: 5_000 })
}

const segmentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1]
  } catch {
    // It was stopped properly, and has removed file and segment itself.
    return undefined
  }
}
