import { rm } from 'node:fs/promises'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { eventually } from '@surepost/testkit'
import { startStack, stopStack } from '../../src/index.ts'
import { portsFrom, takenPorts } from '../../src/ports.ts'
import { findMarked, isAlive } from '../../src/process/identity.ts'
import { readState, type StackState } from '../../src/state.ts'
import { newDataDir, runStackCommand, type StackCommand } from './stack-process.ts'

/** A stack needs some 8 s to start on an idle machine of two cores, and much longer on a busy one. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const folders: string[] = []
const folder = async (): Promise<string> => {
  const made = await newDataDir()
  folders.push(made)
  return made
}

afterEach(async () => {
  for (const dataDir of folders.splice(0)) {
    await stopStack(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }
})

/** Ids of the kernel's shared memory segments: Postgres leaves one behind when it is killed. */
const segments = (): readonly string[] =>
  readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[1] ?? '')

const segmentOf = (dataDir: string): string =>
  readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
    .split('\n')[6]
    ?.trim()
    .split(/\s+/)[1] ?? ''

/** Everything of a stack that still runs or listens, a word each. */
const leftOf = async (state: StackState): Promise<readonly string[]> => [
  ...(isAlive(state.supervisor) ? ['supervisor'] : []),
  ...state.processes.filter(isAlive).map(({ name }) => name),
  ...findMarked(state.mark).map(({ pid }) => `process ${pid}`),
  ...(await takenPorts(portsFrom(state.control.port))),
]

const nothingLeft = (state: StackState, timeoutMs: number): Promise<unknown> =>
  eventually(async () => expect(await leftOf(state)).toEqual([]), { timeoutMs, everyMs: 100 })

test('a Ctrl-C stops everything, epmd included, and leaves only the data', async () => {
  const command = await runStackCommand(await folder())
  expect(command.state.processes.map(({ name }) => name)).toEqual(['postgres', 'epmd', 'rabbitmq', 'postgrest'])
  const segment = segmentOf(command.dataDir)
  expect(segments()).toContain(segment)
  command.child.kill('SIGINT')
  expect(await command.ended).toBe(0)
  expect(await leftOf(command.state)).toEqual([])
  expect(readState(command.dataDir)).toBeUndefined()
  expect(segments()).not.toContain(segment)
})

test('after a SIGKILL of the command its supervisor stops everything within 10 s', async () => {
  const command = await runStackCommand(await folder())
  command.child.kill('SIGKILL')
  await command.ended
  await nothingLeft(command.state, 10_000)
})

test('when command and supervisor are both killed, "down" finds and stops what they left', async () => {
  const command: StackCommand = await runStackCommand(await folder())
  command.child.kill('SIGSTOP')
  process.kill(command.state.supervisor.pid, 'SIGKILL')
  command.child.kill('SIGKILL')
  await command.ended
  expect(await leftOf(command.state)).toEqual(expect.arrayContaining(['postgres', 'epmd', 'rabbitmq', 'postgrest']))
  const segment = segmentOf(command.dataDir)
  expect(await stopStack(command.dataDir)).toBe('cleaned')
  expect(await leftOf(command.state)).toEqual([])
  expect(segments()).not.toContain(segment)
})

test('when only the supervisor is killed, the command cleans up after it', async () => {
  const command = await runStackCommand(await folder())
  process.kill(command.state.supervisor.pid, 'SIGKILL')
  await nothingLeft(command.state, 10_000)
  command.child.kill('SIGINT')
  await command.ended
})

test('a data folder that is in use is refused with a sentence that says what to do', async () => {
  const { dataDir, state } = await runStackCommand(await folder())
  await expect(startStack({ dataDir })).rejects.toThrow(
    /is in use by another stack .* Stop that one with "surepost down --data/,
  )
  expect(isAlive(state.supervisor)).toBe(true)
  expect(statSync(join(dataDir, 'state.json')).mode & 0o077).toBe(0)
  const other = await folder()
  await expect(startStack({ dataDir: other, port: state.control.port })).rejects.toThrow(
    /\d+ \(control\).* already taken/,
  )
  expect(await stopStack(dataDir)).toBe('stopped')
  expect(await leftOf(state)).toEqual([])
})
