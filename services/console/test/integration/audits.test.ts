import { AccountAudited, AuditAccount, newId } from '@surepost/shared/contracts'
import { done, handle } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestConsole, testConsole } from './fixture.ts'
import { type Recorder, recorder } from './recorder.ts'

const env = await isolate()
let api: TestConsole
let recorded: Recorder
beforeAll(async () => {
  api = await testConsole(env)
  recorded = await recorder(env, api.bus)
})
afterAll(async () => {
  await recorded[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

/** Whole seconds of last week: audits are kept for half a year. */
const START = Math.floor(Date.now() / 1_000) * 1_000 - 7 * 86_400_000
const foreign = { platformId: '1800000000000000001', url: 'https://x.com/a/status/1800000000000000001' }

/** An audit of an account; every second one at the same moment as the one before it. */
const audited = (account: string, n: number, more = {}) => ({
  id: newId(),
  type: AccountAudited.type,
  body: {
    auditId: newId(),
    account,
    at: new Date(START + (n - (n % 2)) * 1_000).toISOString(),
    since: new Date(START - 86_400_000).toISOString(),
    outcome: 'clean',
    reason: null,
    seen: n,
    recorded: n,
    recovered: [],
    missing: [],
    wrongIds: [],
    duplicates: [],
    foreign: [],
    ...more,
  },
})

test('pages of audits neither repeat nor skip one, newest first, of one account or of all', async () => {
  const facts = Array.from({ length: 11 }, (_, n) => audited(n % 3 === 0 ? 'grace' : 'ada', n))
  await recorded.apply(facts)
  const seen: { id: string; at: string; account: string }[] = []
  for (let path = '/v1/audits?limit=3'; ; ) {
    const { status, body } = await api.call('GET', path)
    expect(status).toBe(200)
    seen.push(...body.audits)
    if (body.next === null) break
    path = `/v1/audits?limit=3&cursor=${body.next}`
  }
  expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(facts.map(({ body }) => body.auditId)))
  expect(seen).toHaveLength(11)
  expect(seen.map(({ at }) => at)).toEqual(
    seen
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  )
  const { body } = await api.call('GET', '/v1/audits?account=grace')
  expect(body.audits.map(({ account }: { account: string }) => account)).toEqual(['grace', 'grace', 'grace', 'grace'])
  expect(body.next).toBeNull()
})

test('an audit says what it found, and an invalid one why it knows nothing', async () => {
  const createdAt = new Date(START - 3_600_000).toISOString()
  const gaps = audited('lin', 10, { outcome: 'gaps', foreign: [{ ...foreign, createdAt }] })
  const invalid = audited('lin', 12, { outcome: 'invalid', reason: 'The page asks for a person.' })
  await recorded.apply([gaps, invalid])
  const { body } = await api.call('GET', '/v1/audits?account=lin')
  const { auditId: id, ...rest } = gaps.body
  expect(body.audits[1]).toEqual({ id, ...rest })
  expect(body.audits[0]).toMatchObject({ outcome: 'invalid', reason: 'The page asks for a person.' })
})

test('a cursor that is none of ours, and a filter that there is not, are refused with a sentence', async () => {
  expect((await api.call('GET', '/v1/audits?cursor=abc')).body).toMatchObject({
    status: 422,
    errors: [{ path: 'cursor' }],
  })
  expect((await api.call('GET', '/v1/audits?outcome=clean')).status).toBe(422)
})

test('an audit is asked for as a person’s, seven days back unless said otherwise', async () => {
  const asked: unknown[] = []
  await using _ = await api.bus.consume(
    [
      handle(AuditAccount, async ({ body }) => {
        asked.push(body)
        return done
      }),
    ],
    { prefetch: 1 },
  )
  const first = await api.call('POST', '/v1/accounts/ada/audit')
  expect(first.status).toBe(202)
  const weekAgo = Date.now() - 7 * 86_400_000
  expect(Math.abs(Date.parse(first.body.since) - weekAgo)).toBeLessThan(60_000)
  const since = new Date(Date.now() - 3_600_000).toISOString()
  const second = await api.call('POST', '/v1/accounts/ada/audit', { since })
  expect(second.body).toMatchObject({ account: 'ada', since })
  await eventually(() => asked.length === 2)
  const wish = { account: 'ada', platform: 'x', handle: 'ada_writes', awaited: true }
  expect(asked).toEqual([
    { ...wish, auditId: first.body.id, since: first.body.since },
    { ...wish, auditId: second.body.id, since },
  ])
})

test.each([
  ['of an account that there is not', 'nobody', {}, 404],
  ['of the future', 'ada', { since: '2999-01-01T00:00:00Z' }, 422],
  ['of years ago', 'ada', { since: '2019-01-01T00:00:00Z' }, 422],
  ['of no time', 'ada', { since: 'yesterday' }, 422],
])('an audit %s is refused', async (_what, account, body, status) => {
  expect((await api.call('POST', `/v1/accounts/${account}/audit`, body)).status).toBe(status)
})

test('both are in the OpenAPI document', async () => {
  const { body } = await api.call('GET', '/v1/openapi.json')
  expect(body.paths['/v1/audits'].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
    'account',
    'limit',
    'cursor',
  ])
  expect(body.paths['/v1/accounts/{id}/audit'].post.responses).toHaveProperty('202')
})
