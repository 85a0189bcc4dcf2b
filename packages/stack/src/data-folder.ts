import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { StackError } from './errors.ts'
import { identify, isAlive, type ProcessIdentity } from './process/identity.ts'

/** One process's hold on a data folder. */
export interface FolderLock {
  release(): void
}

const Owner = z.object({ pid: z.int().positive(), startTime: z.number() })

/** Make the folder if it is missing. @returns its absolute path. @throws StackError when it cannot be used */
export const prepareFolder = (path: string): string => {
  const dataDir = resolve(path)
  try {
    mkdirSync(dataDir, { recursive: true })
    if (!statSync(dataDir).isDirectory()) throw new Error('it is not a folder')
    // Postgres may run as another user: it must pass through, and may not look around.
    chmodSync(dataDir, 0o711)
    mkdirSync(join(dataDir, 'log'), { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new StackError(
      `The data folder ${dataDir} cannot be used: ${(cause as Error).message}. Name another one with --data.`,
      { cause },
    )
  }
  return dataDir
}

/**
 * Take the folder for this process. A lock whose owner is gone is taken over.
 * @throws StackError when a living process holds it
 */
export const lockFolder = (dataDir: string): FolderLock => {
  const file = join(dataDir, 'lock')
  const self = identify(process.pid) ?? { pid: process.pid, startTime: 0 }
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 })
      return { release: () => rmSync(file, { force: true }) }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new StackError(`The data folder ${dataDir} cannot be written: ${(cause as Error).message}.`, { cause })
      const owner = ownerOf(file)
      if (owner && isAlive(owner)) {
        throw new StackError(
          `The data folder ${dataDir} is in use by another stack (supervisor ${owner.pid}). Stop that one with "surepost down --data ${dataDir}", or name another folder with --data.`,
        )
      }
      discard(file)
    }
  }
  throw new StackError(`The data folder ${dataDir} could not be locked: others take it at the same moment.`)
}

const ownerOf = (file: string): ProcessIdentity | undefined => {
  try {
    return Owner.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

// Renamed first, so that of two who find the same stale lock only one removes it.
const discard = (file: string): void => {
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(file, aside)
    rmSync(aside, { force: true })
  } catch {
    // Somebody else was quicker.
  }
}

const Known = z.object({ id: z.string().regex(/^[0-9a-f]{8}$/), base: z.int().optional() })

/** What a folder remembers between runs: the stack's id (part of RabbitMQ's node name) and its block of ports. */
export type Known = z.infer<typeof Known>

/** @throws StackError when the file is damaged */
export const readKnown = (dataDir: string): Known => {
  const file = join(dataDir, 'stack.json')
  if (!existsSync(file)) return { id: randomBytes(4).toString('hex') }
  const parsed = Known.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  throw new StackError(`${file} is damaged. Remove the data folder to start afresh; its posts and sessions go with it.`)
}

export const writeKnown = (dataDir: string, known: Known): void =>
  writeFileSync(join(dataDir, 'stack.json'), `${JSON.stringify(known)}\n`, { mode: 0o600 })
