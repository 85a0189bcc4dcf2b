import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '@surepost/testkit'
import { findMarked, isAlive, STACK_MARK } from '../../src/process/identity.ts'
import { startProcess, type ProcessSpec } from '../../src/process/managed.ts'
import { waitReady } from '../../src/process/wait.ts'
import { sweep } from '../../src/supervisor/sweep.ts'

const shell = (script: string, over: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'a shell',
  command: '/bin/sh',
  args: ['-c', script],
  env: {},
  cwd: '/',
  logFile: join(temporaryFolder(), 'log'),
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 200,
  ...over,
})

const mark = (): { readonly env: Record<string, string>; readonly value: string } => {
  const value = `unit-${Math.random().toString(36).slice(2)}`
  return { env: { [STACK_MARK]: value }, value }
}

test('a process that ignores its stop signal is killed after its time', async () => {
  const { env } = mark()
  const spec = shell('trap "" TERM; echo up; while :; do sleep 0.05; done')
  const child = await startProcess(spec, env)
  await waitReady(child, async () => readFileSync(spec.logFile, 'utf8') === 'up\n', {
    timeoutMs: 5_000,
    logFile: spec.logFile,
  })
  await child.stop()
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

test('what a process has left behind in a session of its own is found by its mark and killed', async () => {
  const { env, value } = mark()
  const spec = shell('setsid sh -c "echo up; exec sleep 60" & until [ -s "$LOG" ]; do sleep 0.01; done')
  const child = await startProcess({ ...spec, env: { LOG: spec.logFile } }, env)
  await child.exited
  const left = findMarked(value)
  expect(left).toHaveLength(1)
  expect(await sweep(value)).toBe(1)
  expect(left.filter(isAlive)).toEqual([])
})

test('a process that ends while it starts is reported with the end of its log', async () => {
  const spec = shell('echo "the port is taken"; exit 7')
  const child = await startProcess(spec, mark().env)
  const waiting = waitReady(child, async () => false, { timeoutMs: 5_000, logFile: spec.logFile })
  await expect(waiting).rejects.toThrow(/a shell ended while starting \(exit 7\)[^]*the port is taken/)
})

test('a process that does not get ready in time is reported as such', async () => {
  const spec = shell('exec sleep 60')
  const child = await startProcess(spec, mark().env)
  await expect(waitReady(child, async () => false, { timeoutMs: 100, logFile: spec.logFile })).rejects.toThrow(
    /was not ready after 0.1 s/,
  )
  await child.stop({ hard: true })
})

test('a program that is missing is named', async () => {
  await expect(startProcess(shell('', { command: '/nowhere/postgres' }), {})).rejects.toThrow(
    /Could not start a shell \(\/nowhere\/postgres\)/,
  )
})

test('a process sees the basics of the environment, its own variables and nothing else', async () => {
  process.env['UNRELATED_SECRET'] = 'x'
  const spec = shell('env', { env: { OWN: '1' } })
  const child = await startProcess(spec, {})
  await child.exited
  delete process.env['UNRELATED_SECRET']
  const seen = readFileSync(spec.logFile, 'utf8')
  expect(seen).toContain('OWN=1')
  expect(seen).toContain('PATH=')
  expect(seen).not.toContain('UNRELATED_SECRET')
})
