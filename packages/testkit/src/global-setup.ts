import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack, type Stack } from '@surepost/stack'
import type { TestProject } from 'vitest/node'
import './provided.ts'

/** The one stack of this vitest process: vitest loads this file once per project, so it is kept where all loads see it. */
interface Shared {
  users: number
  stack: Promise<Stack>
}

const KEY = Symbol.for('surepost.testStack')
const holder = globalThis as { [KEY]?: Shared }

const start = async (): Promise<Stack> =>
  startStack({
    dataDir: await mkdtemp(join(tmpdir(), 'surepost-test-')),
    ephemeral: true,
    durable: false,
    backend: process.env['SUREPOST_STACK'] === 'containers' ? 'containers' : 'local',
    onExited: ({ name, how, logFile }) => process.stderr.write(`test stack: ${name} ended (${how}); see ${logFile}\n`),
  })

/** Start RabbitMQ, Postgres, PostgREST and the gateway for the projects that need them; the last project's end stops them. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const shared = (holder[KEY] ??= { users: 0, stack: start() })
  shared.users += 1
  const stack = await shared.stack
  project.provide('surepost', { dataDir: stack.dataDir, control: stack.control })
  return async () => {
    shared.users -= 1
    if (shared.users > 0) return
    delete holder[KEY]
    await stack.stop()
  }
}
