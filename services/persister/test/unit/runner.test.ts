import { JobRan } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually } from '@surepost/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { type Job, succeeded } from '../../src/jobs/job.ts'
import { type RunnerPorts, startJobs } from '../../src/jobs/runner.ts'

/** One job over a database that gives every lock, and a RabbitMQ that can be away. */
const running = (run: Job['run']) => {
  const world = { isAway: false, said: [] as string[] }
  const ports: RunnerPorts = {
    // Whatever is called here is a lock's.
    database: { rpc: async () => 1 as never },
    bus: {
      emit: async (contract, body) => {
        if (world.isAway) throw new UnavailableError('rabbitmq', 'It is away.')
        if (contract.type === JobRan.type) world.said.push((body as { outcome: string }).outcome)
      },
    },
    log: silentLogger(),
    holder: 'test',
  }
  const jobs = startJobs([{ name: 'job', everyMs: 1, timeoutMs: 1_000, run }], ports)
  onTestFinished(() => jobs[Symbol.asyncDispose]())
  return world
}

it('a run that could not be told is told by the next one, though nothing has changed since: a job that failed would seem to fail on for a minute', async () => {
  let runs = 0
  const world = running(async () => {
    runs += 1
    if (runs === 1) throw new UnavailableError('database', 'It is away.')
    world.isAway = runs < 5
    return succeeded(0, 'nothing to do')
  })
  await eventually(() => world.said.length > 1)
  expect(world.said.slice(0, 2)).toEqual(['failed', 'succeeded'])
})
