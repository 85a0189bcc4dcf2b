import { readFileSync } from 'node:fs'
import { AccountConfig, DEFAULT_BUDGETS } from '@surepost/shared/contracts'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type SeenSpan, openCollector } from '../fixtures/collector.ts'

const collector = await openCollector()
afterAll(() => collector[Symbol.asyncDispose]())
const { endpoint, spans } = collector

const environment = await isolate()
const system = await environment.startServices({
  only: ['playground', 'persister', 'browser-broker', 'poster', 'console'],
  env: { '*': { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '200' } },
})

const request = async (method: string, url: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${system.apiKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

const SECRET_TEXT = 'These very words are nobody’s business but the reader’s'
const Post = z.looseObject({ id: z.string(), state: z.string() })

test(
  'one post is one trace: console, poster, browser-broker, persister and PostgREST, and no text in it',
  { timeout: 240_000 },
  async () => {
    const config = AccountConfig.parse({
      id: 'ada',
      platform: 'x',
      handle: 'ada_traced',
      budgets: DEFAULT_BUDGETS,
      checks: [864_000],
    })
    const { storageState } = z
      .looseObject({ storageState: z.looseObject({ cookies: z.array(z.looseObject({ value: z.string() })) }) })
      .parse(await request('POST', `${system.playgroundUrl}/admin/accounts`, { handle: config.handle }))
    await request('PUT', `${system.consoleUrl}/v1/accounts/ada`, config)
    await request('PUT', `${system.consoleUrl}/v1/accounts/ada/session`, storageState)
    const segments = [{ text: SECRET_TEXT }]
    const { id } = Post.parse(await request('POST', `${system.consoleUrl}/v1/posts`, { account: 'ada', segments }))
    await eventually(
      async () => Post.parse(await request('GET', `${system.consoleUrl}/v1/posts/${id}`)).state === 'live',
      { timeoutMs: 150_000 },
    )
    const isOf = (span: SeenSpan): boolean =>
      span.attributes.some(({ key, value }) => key === 'surepost.post_id' && value['stringValue'] === id)
    const submitted = await eventually(async () => spans.find(({ name }) => name === 'POST /v1/posts'), {
      timeoutMs: 30_000,
    })
    const ours = (): readonly SeenSpan[] => spans.filter(({ traceId }) => traceId === submitted.traceId)
    const named = (service: string, name: string) =>
      ours().find((span) => span.service === service && span.name === name)
    const STEPS = [
      ['console', 'send post.submitted'],
      ['console', 'send post.publish'],
      ['poster', 'process post.publish'],
      ['poster', 'lease act'],
      ['poster', 'send lease.request.act'],
      ['browser-broker', 'process lease.request.act'],
      ['browser-broker', 'ledger openLease'],
      ['browser-broker', 'send answer'],
      ['poster', 'publish segment'],
      ['poster', 'ask begin'],
      ['browser-broker', 'begin'],
      ['browser-broker', 'ledger begin'],
      ['browser-broker', 'ledger complete'],
      ['browser-broker', 'send post.segment_published'],
      ['persister', 'process post.submitted'],
      ['persister', 'process post.segment_published'],
    ] as const
    await eventually(async () => STEPS.every(([service, name]) => named(service, name) !== undefined), {
      timeoutMs: 30_000,
    }).catch(() => undefined)
    const missing = STEPS.filter(([service, name]) => named(service, name) === undefined).map((step) => step.join(': '))
    expect(missing, [...new Set(ours().map(({ service, name }) => `${service}: ${name}`))].join('\n')).toEqual([])

    // Every span but the first has its parent in the trace: nothing hangs in the air.
    const known = new Set(ours().map(({ spanId }) => spanId))
    const orphans = ours().filter(({ parentSpanId = '' }) => parentSpanId !== '' && !known.has(parentSpanId))
    expect(orphans.map(({ service, name }) => `${service}: ${name}`)).toEqual([])

    // The batch that recorded it is linked to its trace, and asked PostgREST inside itself.
    const batch = spans.find(
      ({ name, links }) => name === 'apply facts' && links.some(({ traceId }) => traceId === submitted.traceId),
    )
    const applied = spans.find(
      ({ name, parentSpanId }) => name === 'postgrest apply_facts' && parentSpanId === batch?.spanId,
    )
    expect(applied?.service).toBe('persister')
    expect(ours().some((span) => span.service === 'poster' && isOf(span))).toBe(true)

    // No text and no session, neither in a span nor in a log; the logs name the trace.
    const secrets = [SECRET_TEXT, system.apiKey, ...storageState.cookies.map(({ value }) => value)]
    const logs = system.services.map(({ logFile }) => readFileSync(logFile, 'utf8')).join('\n')
    for (const secret of secrets) {
      expect(collector.received()).not.toContain(secret)
      expect(logs).not.toContain(secret)
    }
    expect(logs).toContain(`"traceId":"${submitted.traceId}"`)
  },
)
