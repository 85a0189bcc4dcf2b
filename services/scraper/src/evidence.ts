import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '@surepost/shared/errors'
import type { Scope } from '@surepost/shared/runtime'
import type { Capture, Witness } from '@surepost/platforms'

/** How much is kept: pages, and for how long. */
export interface EvidenceLimits {
  readonly most: number
  readonly days: number
}

/** What pages looked like that could not be read: a picture and the trimmed HTML of each, the newest only. */
export interface Evidence {
  /** A witness for the reading of one post. It never throws: what cannot be kept is said in the log. */
  of(what: { readonly account: string; readonly platformId: string }): Witness
}

const DAY_MS = 86_400_000
/**
 * So much evidence is taken of one cause in one minute: a site that is down fails every page in the same way, and its pictures
 * cost more than the readings and push out those of everything else.
 */
const MOST_ALIKE = 6
const MINUTE_MS = 60_000

/** No evidence is kept. */
export const noEvidence: Evidence = { of: () => async () => undefined }

/** Keep evidence in a folder that only its owner may read. */
export const evidenceIn = (
  folder: string,
  { most, days }: EvidenceLimits,
  log: Pick<Scope['log'], 'warn'>,
): Evidence => {
  let last = Promise.resolve()
  const taken = new Map<string, number[]>()
  const mayTake = (why: string): boolean => {
    const now = performance.now()
    const recent = (taken.get(why) ?? []).filter((at) => now - at < MINUTE_MS)
    const may = recent.length < MOST_ALIKE
    taken.set(why, may ? [...recent, now] : recent)
    return may
  }
  const keep = async (name: string, { html, screenshot }: Capture): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(folder, `${name}.html`), html, { mode: 0o600 })
    if (screenshot !== null) await writeFile(join(folder, `${name}.jpg`), screenshot, { mode: 0o600 })
    await prune(folder, most, Date.now() - days * DAY_MS)
  }
  return {
    of:
      ({ account, platformId }) =>
      async (why, take) => {
        if (!mayTake(why)) return
        const capture = await take()
        if (capture === undefined) return
        const name = `${new Date().toISOString().replaceAll(/[:.]/gu, '-')}-${account}-${platformId}-${why}`
        // One after the other, so that two do not prune each other's.
        last = last
          .then(() => keep(name, capture))
          .catch((error: unknown) => log.warn({ err: messageOf(error) }, 'the evidence of a page could not be kept'))
        await last
      },
  }
}

/** Remove what is too old, and the oldest of what is too much. Names begin with their time. */
const prune = async (folder: string, most: number, before: number): Promise<void> => {
  const files = (await readdir(folder)).filter((file) => /\.(?:html|jpg)$/u.test(file)).toSorted()
  const pages = [...new Set(files.map((file) => file.replace(/\.\w+$/u, '')))]
  const surplus = new Set(pages.slice(0, Math.max(0, pages.length - most)))
  for (const file of files) {
    const path = join(folder, file)
    const isOld = surplus.has(file.replace(/\.\w+$/u, '')) || (await stat(path)).mtimeMs < before
    if (isOld) await rm(path, { force: true })
  }
}
