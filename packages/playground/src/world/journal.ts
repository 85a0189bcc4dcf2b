import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from './model.ts'

/** Where the site keeps what it knows: one line of JSON per change, and the bytes of images beside it. */
export interface Journal {
  read(): readonly Entry[]
  append(entry: Entry): void
  saveMedia(id: string, bytes: Buffer): void
  loadMedia(id: string): Buffer | undefined
}

/** Gone with the process. */
export const memoryJournal = (): Journal => {
  const media = new Map<string, Buffer>()
  return {
    read: () => [],
    append: () => undefined,
    saveMedia: (id, bytes) => void media.set(id, bytes),
    loadMedia: (id) => media.get(id),
  }
}

/** In a folder: `journal.jsonl` and `media/`. Not synced: this is a toy, its truth is in memory. */
export const folderJournal = (folder: string): Journal => {
  const file = join(folder, 'journal.jsonl')
  const media = join(folder, 'media')
  mkdirSync(media, { recursive: true })
  return {
    read: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            // The last line may be half written when the process was killed.
            .filter((line) => line.endsWith('}'))
            .map((line) => JSON.parse(line) as Entry)
        : [],
    append: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`),
    saveMedia: (id, bytes) => writeFileSync(join(media, id), bytes),
    loadMedia: (id) => (/^\d+$/u.test(id) && existsSync(join(media, id)) ? readFileSync(join(media, id)) : undefined),
  }
}
