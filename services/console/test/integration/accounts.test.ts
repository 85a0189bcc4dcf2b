import { newId } from '@surepost/shared/contracts'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestConsole, testConsole } from './fixture.ts'
import { recorder } from './recorder.ts'

const env = await isolate()
let api: TestConsole
beforeAll(async () => {
  api = await testConsole(env)
})
afterAll(() => api[Symbol.asyncDispose]())

test('accounts are those of the brokers', async () => {
  const { status, body } = await api.call('GET', '/v1/accounts')
  expect(status).toBe(200)
  expect(body.accounts).toMatchObject([
    { id: 'ada', platform: 'x', handle: 'ada_writes', session: 'ready', paused: null },
  ])
})

test('an account that is added can be published to at once', async () => {
  const added = await api.call('PUT', '/v1/accounts/grace', { platform: 'x', handle: 'grace_h', checks: [3, 10] })
  expect([added.status, added.body]).toMatchObject([
    200,
    { id: 'grace', checks: [3, 10], budgets: { post: { perHour: 10 } } },
  ])
  expect(api.broker.asked.at(-1)).toMatchObject({ type: 'account.configure', body: { config: { id: 'grace' } } })
  expect((await api.call('POST', '/v1/posts', { account: 'grace', segments: [{ text: 'hello' }] })).status).toBe(202)
})

test('the rules of the platform are told once, with the answer that adds an account', async () => {
  const config = { platform: 'x', handle: 'mary_s' }
  const added = await api.call('PUT', '/v1/accounts/mary', config)
  expect(added.body.notices.join(' ')).toContain('Label the account as automated')
  expect((await api.call('PUT', '/v1/accounts/mary', config)).body).not.toHaveProperty('notices')
})

test('the body may repeat the name of its path, and no other', async () => {
  const config = { platform: 'x', handle: 'lin_l' }
  expect((await api.call('PUT', '/v1/accounts/lin', { ...config, id: 'lin' })).status).toBe(200)
  const other = await api.call('PUT', '/v1/accounts/lin', { ...config, id: 'grace' })
  expect([other.status, other.body.errors[0].path]).toEqual([422, 'id'])
})

test('a session goes to the broker and nowhere else', async () => {
  const state = { cookies: [{ name: 'auth_token', value: 'topsecret' }], origins: [] }
  expect((await api.call('PUT', '/v1/accounts/ada/session', state)).status).toBe(204)
  expect(api.broker.sessions.get('ada')).toEqual(state)
  expect(JSON.stringify((await api.call('GET', '/v1/accounts')).body)).not.toContain('topsecret')
})

test('an account is paused and resumed by its broker', async () => {
  const until = '2030-01-01T00:00:00.000Z'
  expect((await api.call('POST', '/v1/accounts/ada/pause', { reason: 'holiday', until })).body).toEqual({
    account: 'ada',
    paused: true,
  })
  const paused = (await api.call('GET', '/v1/accounts')).body.accounts[0]
  expect(paused).toMatchObject({ id: 'ada', paused: { reason: 'holiday', until } })
  expect((await api.call('POST', '/v1/accounts/ada/resume')).body).toEqual({ account: 'ada', paused: false })
  expect((await api.call('GET', '/v1/accounts')).body.accounts[0].paused).toBeNull()
})

test('an account is removed when every post of it has ended, and not before', async () => {
  await using recorded = await recorder(env, api.bus)
  await api.call('PUT', '/v1/accounts/joan', { platform: 'x', handle: 'joan_c' })
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString()
  const { body: post } = await api.call('POST', '/v1/posts', {
    account: 'joan',
    segments: [{ text: 'later' }],
    scheduledAt,
  })
  const stateOf = async (): Promise<string> => (await api.call('GET', '/v1/posts?account=joan')).body.posts[0]?.state
  await eventually(async () => (await stateOf()) === 'scheduled')
  const refused = await api.call('DELETE', '/v1/accounts/joan')
  expect([refused.status, refused.body.posts]).toEqual([409, [post.id]])
  expect(refused.body.detail).toContain(`Posts of joan have not ended: ${post.id} (scheduled). Cancel them`)

  const at = new Date().toISOString()
  const cancelled = { at, postId: post.id, by: 'eve', reason: 'no more', ledger: null }
  await recorded.apply([{ id: newId(), type: 'post.cancelled', body: cancelled }])
  api.broker.inFlight = true
  const inFlight = await api.call('DELETE', '/v1/accounts/joan')
  expect([inFlight.status, inFlight.body.detail]).toEqual([409, 'A post of joan is being created.'])
  api.broker.inFlight = false
  expect((await api.call('DELETE', '/v1/accounts/joan')).body).toEqual({ account: 'joan', removed: true })
  expect(api.broker.asked.at(-1)).toMatchObject({ type: 'account.remove', body: { account: 'joan' } })

  expect((await api.call('DELETE', '/v1/accounts/joan')).status).toBe(404)
  const next = await api.call('POST', '/v1/posts', { account: 'joan', segments: [{ text: 'too late' }] })
  expect([next.status, next.body.errors[0].message]).toEqual([
    422,
    expect.stringContaining('there is no account "joan"'),
  ])
  expect((await api.call('GET', `/v1/posts/${post.id}`)).body.state).toBe('cancelled')
})
