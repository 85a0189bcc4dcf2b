import { spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '@surepost/testkit'
import { lockFolder, prepareFolder, readKnown, writeKnown } from '../../src/data-folder.ts'
import { identify, isAlive } from '../../src/process/identity.ts'

const folder = (): string => prepareFolder(temporaryFolder())

test('a folder that a living process holds cannot be taken', () => {
  const dataDir = folder()
  const lock = lockFolder(dataDir)
  expect(() => lockFolder(dataDir)).toThrow(/is in use by another stack/)
  lock.release()
  lockFolder(dataDir).release()
})

test('the lock of a process that is gone is taken over', async () => {
  const dataDir = folder()
  const child = spawn('true')
  const dead = child.pid ?? 0
  await new Promise((resolve) => child.once('exit', resolve))
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: dead, startTime: 1 }))
  expect(() => lockFolder(dataDir)).not.toThrow()
})

test('a later process with the same number is not taken for the owner', () => {
  const self = identify(process.pid)
  if (self === undefined) throw new Error('this process is not found')
  expect(isAlive(self)).toBe(true)
  expect(isAlive({ ...self, startTime: self.startTime + 1 })).toBe(false)
  const dataDir = folder()
  writeFileSync(join(dataDir, 'lock'), JSON.stringify({ ...self, startTime: self.startTime + 1 }))
  expect(() => lockFolder(dataDir)).not.toThrow()
})

test('others may pass through a data folder to what is theirs, and see nothing', () => {
  const dataDir = folder()
  expect(statSync(dataDir).mode & 0o777).toBe(0o711)
  expect(statSync(join(dataDir, 'log')).mode & 0o777).toBe(0o700)
})

test('a data folder that is a file is refused with a sentence', () => {
  const file = join(folder(), 'file')
  writeFileSync(file, '')
  expect(() => prepareFolder(file)).toThrow(/cannot be used: .* Name another one with --data/)
  expect(existsSync(file)).toBe(true)
})

test('a folder keeps its id and its ports', () => {
  const dataDir = folder()
  const { id } = readKnown(dataDir)
  writeKnown(dataDir, { id, base: 20_000 })
  expect(readKnown(dataDir)).toEqual({ id, base: 20_000 })
})
