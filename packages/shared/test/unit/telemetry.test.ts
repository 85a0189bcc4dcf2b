import { Writable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { copyProperties, properties } from '../../src/messaging/envelope.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import { aboutIds, contextKeeper, currentContext, idsOf, inContext, readTrace } from '../../src/telemetry/context.ts'
import { type Span, type SpanStart, received, traced, useTracer } from '../../src/telemetry/spans.ts'
import { startTelemetry, wantsTraces } from '../../src/telemetry/start.ts'

const TRACE = 'a'.repeat(32)
const PARENT = `00-${TRACE}-${'b'.repeat(16)}-01`
const POST = '0193b0c8-0000-7000-8000-000000000001'

afterEach(() => useTracer(undefined))

/** A tracer that keeps what it is told. */
const recorder = () => {
  const spans: (SpanStart & { ended: boolean; error?: unknown })[] = []
  useTracer({
    begin: (start): Span => {
      const span: (typeof spans)[number] = { ...start, ended: false }
      const id = String(spans.push(span)).padStart(16, '0')
      return {
        traceparent: `00-${readTrace(start.parent)?.traceId ?? 'c'.repeat(32)}-${id}-01`,
        end: (error) => Object.assign(span, { ended: true, error }),
      }
    },
  })
  return spans
}

test('nothing is recorded, or even loaded, unless an endpoint is configured', async () => {
  expect(wantsTraces({})).toBe(false)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBe(false)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' })).toBe(true)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' })).toBe(false)
  expect(await startTelemetry('poster', {}, createLogger('t', 'silent'))).toBeUndefined()
})

test('a message that is sent continues the trace of the span that sends it, and keeps it as a copy', async () => {
  recorder()
  const sent = await received({ name: 'process', parent: PARENT }, () =>
    traced({ name: 'send' }, async () => properties('poster', 'post.publish')),
  )
  expect(sent.headers?.['traceparent']).toBe(`00-${TRACE}-0000000000000002-01`)
  // A rung and a dead queue get copies.
  const copy = copyProperties({ properties: { ...sent, headers: { ...sent.headers, 'x-death': [] } } } as never, {
    attempt: 2,
  })
  expect(copy.headers).toMatchObject({ traceparent: `00-${TRACE}-0000000000000002-01`, attempt: 2 })
})

test('spans are parts of one another, about the ids that are known, and say of an error its name only', async () => {
  const spans = recorder()
  const fail = async (): Promise<never> => {
    throw new TypeError('my secret text')
  }
  await expect(
    received({ name: 'process', kind: 'consumer', parent: PARENT, ids: { postId: POST, account: 'ada' } }, () =>
      traced({ name: 'publish segment', ids: { segment: 1 } }, fail),
    ),
  ).rejects.toThrow('my secret text')
  expect(spans).toMatchObject([
    {
      name: 'process',
      parent: PARENT,
      ended: true,
      attributes: { 'surepost.post_id': POST, 'surepost.account': 'ada' },
    },
    {
      name: 'publish segment',
      parent: `00-${TRACE}-0000000000000001-01`,
      ended: true,
      attributes: { 'surepost.post_id': POST, 'surepost.segment': 1 },
    },
  ])
})

test('outside of a trace a step is only done: background work begins none by itself', async () => {
  const spans = recorder()
  expect(await traced({ name: 'postgrest due_posts' }, async () => 7)).toBe(7)
  expect(spans).toEqual([])
})

test('without a tracer what is received has its trace all the same, for the messages and the log', async () => {
  await received({ name: 'process', parent: PARENT }, () => expect(currentContext()?.traceparent).toBe(PARENT))
  await received({ name: 'process', parent: 'none' }, () =>
    expect(readTrace(currentContext()?.traceparent)?.traceId).toHaveLength(32),
  )
})

test('of a body only ids are taken', () => {
  const body = {
    postId: POST,
    segment: 0,
    account: 'ada',
    text: 'hello',
    storageState: {},
    leaseId: 'l-1',
    segments: [],
  }
  expect(idsOf(body)).toEqual({ postId: POST, segment: 0, account: 'ada', leaseId: 'l-1' })
  expect(idsOf({ postId: { nested: true }, segment: '1' })).toEqual({})
  expect(idsOf(null)).toEqual({})
})

test('work that waits in a line goes on in the context that it came in', async () => {
  const keep = inContext({ traceparent: PARENT, postId: POST }, () => contextKeeper())
  expect(currentContext()).toBeUndefined()
  expect(keep(() => currentContext()?.postId)).toBe(POST)
})

test('a line of the log says to which trace, post, account and lease it belongs, and no text, session or secret', () => {
  const lines: string[] = []
  const log = createLogger(
    'poster',
    'info',
    new Writable({ write: (chunk, _, next) => (lines.push(String(chunk)), next()) }),
  )
  log.info('before')
  inContext({ traceparent: PARENT, postId: POST, account: 'ada' }, () =>
    aboutIds({ leaseId: 'lease-1' }, () => {
      const body = {
        text: 'my secret text',
        storageState: { cookies: ['c'] },
        token: 'tok-1',
        session: 'ses-1',
        apiKey: 'key-1',
      }
      log.info({ body, ...body, account: 'grace' }, 'inside')
    }),
  )
  const [before = '', inside = ''] = lines
  expect(JSON.parse(before)).not.toHaveProperty('traceId')
  expect(JSON.parse(inside)).toMatchObject({
    traceId: TRACE,
    postId: POST,
    leaseId: 'lease-1',
    account: 'grace',
    msg: 'inside',
  })
  for (const secret of ['my secret text', 'cookies', 'tok-1', 'ses-1', 'key-1']) expect(inside).not.toContain(secret)
})
