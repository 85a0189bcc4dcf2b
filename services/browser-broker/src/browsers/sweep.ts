import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UnavailableError } from '@surepost/shared/errors'
import { pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { BrowserConfig } from './browser.ts'
import { killGroup, processesOf } from './group.ts'

const SWEEP_MS = 15_000
const AGAIN_MS = 20

/**
 * At start: kill what an earlier process left behind, wait until it is seen gone, and remove its profiles.
 * Only the holder of the shard's lock may do so.
 * @throws UnavailableError when something cannot be killed: then it is not known that nothing can click
 */
export const sweep = async (
  { folder, temporary }: Pick<BrowserConfig, 'folder' | 'temporary'>,
  log: Logger,
): Promise<void> => {
  const deadline = Date.now() + SWEEP_MS
  for (let first = true; ; first = false) {
    const left = await processesOf(folder)
    if (left.length === 0) break
    if (first) log.warn({ processes: left.length }, 'browsers of an earlier process are killed')
    if (Date.now() > deadline)
      throw new UnavailableError(
        'browsers',
        `Browsers of an earlier process cannot be killed: ${left.map((p) => p.pid).join(', ')}.`,
      )
    for (const { pid, group } of left) {
      killGroup(group)
      killOne(pid)
    }
    await pause(AGAIN_MS)
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const parent = dirname(temporary)
  for (const name of await readdir(parent))
    if (name.startsWith(basename(temporary))) await rm(join(parent, name), { recursive: true, force: true })
}

const killOne = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone with its group.
  }
}
