import { JobRan, PauseAccount } from '@surepost/shared/contracts'
import { done, handle, reject, retry } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { currentContext, received } from '@surepost/shared/telemetry'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTelemetry } from '../../src/telemetry/start.ts'
import { jobRan, pause } from '../fixtures/bodies.ts'
import { busOf, deadLettersOf } from '../fixtures/bus.ts'
import { type Collector, openCollector } from '../fixtures/collector.ts'

const env = await isolate()
let collector: Collector
let telemetry: AsyncDisposable | undefined
const saved = { ...process.env }

beforeAll(async () => {
  collector = await openCollector()
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' })
  telemetry = await startTelemetry('tester', process.env, silentLogger())
})
afterAll(async () => {
  await telemetry?.[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
  process.env = saved
})

const named = (name: string) => collector.spans.filter((span) => span.name === name)
/** One request with a trace of its own; returns its trace id. */
const begin = (name: string, run: () => Promise<void>): Promise<string> =>
  Promise.resolve(
    received({ name, kind: 'server', parent: undefined }, async () => {
      await run()
      return currentContext()?.traceparent.split('-')[1] ?? ''
    }),
  )

test('a command goes on in the trace that sent it, through a delay queue and into the dead queue', async () => {
  const bus = await busOf(env)
  const seen: string[] = []
  const route = handle(PauseAccount, async ({ attempt }) => {
    seen.push(currentContext()?.traceparent ?? '')
    return attempt === 1 ? retry(new Error('not yet')) : reject('never')
  })
  await using _consumption = await bus.consume([route], { prefetch: 1 })
  const traceId = await begin('POST /pause', () => bus.send(PauseAccount, pause('secret words'), { shard: 0 }))
  const dead = await deadLettersOf(env)
  await eventually(async () => (await dead.list('broker.control.0', 10)).length === 1, { timeoutMs: 30_000 })
  expect(seen.map((traceparent) => traceparent.split('-')[1])).toEqual([traceId, traceId])

  // What a person replays goes on in it as well.
  await dead.replay('broker.control.0', 'all')
  await eventually(() => seen.length >= 3, { timeoutMs: 30_000 })
  expect(seen[2]?.split('-')[1]).toBe(traceId)

  await eventually(() => named('process account.pause').length >= 3, { timeoutMs: 30_000 })
  const [root] = named('POST /pause')
  const [sent] = named('send account.pause')
  expect(sent).toMatchObject({ traceId, parentSpanId: root?.spanId, service: 'tester' })
  expect(named('process account.pause')[0]).toMatchObject({ traceId, parentSpanId: sent?.spanId })
  expect(collector.received()).not.toContain('secret words')
})

test('a batch of facts is linked to the traces that they came in, each of which says that it was applied', async () => {
  const bus = await busOf(env)
  const first = await begin('POST /one', () => bus.emit(JobRan, jobRan('one')))
  const second = await begin('POST /two', () => bus.emit(JobRan, jobRan('two')))
  await using _consumption = await bus.consumeFactBatches('persister.facts', async (batch) => batch.map(() => done), {
    max: 10,
    // Alerts of the dead letters above may come with them.
    lingerMs: 1_000,
  })
  await eventually(() => named('process job.ran').length >= 2 && named('apply facts').length > 0, { timeoutMs: 30_000 })
  const batch = named('apply facts').find(({ links }) => links.some(({ traceId }) => traceId === first))
  expect(batch?.links.map(({ traceId }) => traceId)).toEqual(expect.arrayContaining([first, second]))
  expect([first, second]).not.toContain(batch?.traceId)
  for (const fact of named('process job.ran')) expect(fact.links[0]).toMatchObject({ spanId: batch?.spanId })
  expect(
    named('process job.ran')
      .map(({ traceId }) => traceId)
      .toSorted(),
  ).toEqual([first, second].toSorted())
})

test('an endpoint that is away costs spans and nothing else', async () => {
  await collector[Symbol.asyncDispose]()
  const bus = await busOf(env)
  await begin('POST /three', () => bus.emit(JobRan, jobRan('three')))
  expect(await bus.health()).toEqual([])
})
