import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, type TestConsole, testConsole } from './fixture.ts'

const env = await isolate()
let api: TestConsole
beforeAll(async () => {
  api = await testConsole(env)
})
afterAll(() => api[Symbol.asyncDispose]())

const page = { 'x-surepost-page': '1', 'sec-fetch-site': 'same-origin' }
const fetchFrom = (path: string, init: RequestInit = {}) => fetch(new URL(path, api.url), init)
const signIn = (apiKey: string, headers: Record<string, string> = page) =>
  fetchFrom('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ apiKey }),
  })
const cookieFrom = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

test('the page is served with a policy that allows nothing but its own files', async () => {
  const response = await fetchFrom('/')
  const html = await response.text()
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toMatch(/unsafe|https?:/)
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+=/)
  expect(html).not.toContain(API_KEY)
})

test('every file that the page names is there', async () => {
  const html = await (await fetchFrom('/')).text()
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file]) => file ?? '')
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) expect([file, (await fetchFrom(file)).status]).toEqual([file, 200])
})

test('every module that the page imports is there, the charts included, and browsers may keep what has a version', async () => {
  const seen = new Set<string>()
  const read = async (path: string): Promise<void> => {
    if (seen.has(path)) return
    seen.add(path)
    const response = await fetchFrom(path)
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      200,
      'text/javascript; charset=utf-8',
    ])
    if (path.startsWith('/vendor/')) return expect(response.headers.get('cache-control')).toContain('immutable')
    const names = [...(await response.text()).matchAll(/(?:from |^import )'([^']+)'|const UPLOT = '([^']+)'/gm)]
    for (const [, relative, absolute] of names)
      await read(new URL(absolute ?? relative ?? '', `http://x${path}`).pathname)
  }
  await read('/main.js')
  expect([...seen].some((path) => path.startsWith('/vendor/uplot-'))).toBe(true)
  expect(seen.size).toBeGreaterThan(30)
})

test('the documents that alerts link to are served as they are written, and nothing beside them', async () => {
  const found = await fetchFrom('/docs/GUARANTEES.md')
  expect([found.status, found.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  for (const path of ['/docs/NOT_THERE.md', '/docs/images', '/docs/..%2FREADME.md'])
    expect([path, (await fetchFrom(path)).status]).toEqual([path, 404])
})

test('a sign-in gives a cookie that no script and no other site can use', async () => {
  const response = await signIn(API_KEY)
  expect(response.status).toBe(204)
  expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/)
  expect(response.headers.get('set-cookie')).not.toContain(API_KEY)
  const cookie = cookieFrom(response)
  expect((await fetchFrom('/v1/accounts', { headers: { cookie } })).status).toBe(200)
  expect(await (await fetchFrom('/session', { headers: { cookie } })).json()).toEqual({ signedIn: true })
  expect((await fetchFrom('/v1/accounts', { headers: { cookie: `${cookie}x` } })).status).toBe(401)
})

test('behind a proxy that is trusted the cookie is for https only, and nobody else can say that it is', async () => {
  const https = { ...page, 'x-forwarded-proto': 'https' }
  expect((await signIn(API_KEY, https)).headers.get('set-cookie')).not.toContain('Secure')
  await using behind = await testConsole(env, { broker: api.broker, trustProxyHops: 1 })
  const cookieBehind = async (headers: Record<string, string>): Promise<string | null> =>
    (await behind.call('POST', '/session', { apiKey: API_KEY }, headers)).headers.get('set-cookie')
  expect(await cookieBehind(https)).toContain('Secure')
  expect(await cookieBehind({ ...page, 'x-forwarded-proto': 'http' })).not.toContain('Secure')
})

test('a wrong key signs nobody in', async () => {
  const response = await signIn('not-the-key-at-all')
  expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
})

test('a change with the cookie must come from the page itself', async () => {
  const cookie = cookieFrom(await signIn(API_KEY))
  const submit = (headers: Record<string, string>) =>
    fetchFrom('/v1/posts', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ account: 'ada', segments: [{ text: 'from the page' }] }),
    })
  expect((await submit({})).status).toBe(403)
  expect((await submit({ ...page, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await submit(page)).status).toBe(202)
  expect((await signIn(API_KEY, {})).status).toBe(403)
})

test('no operation that changes something is open to the cookie alone, whatever its path', async () => {
  const cookie = cookieFrom(await signIn(API_KEY))
  const { paths } = (await api.call('GET', '/v1/openapi.json')).body
  const changing = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'get')
      .map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, '0')] as const),
  )
  expect(changing.length).toBeGreaterThan(15)
  for (const [method, path] of changing) {
    const forged = { cookie, 'sec-fetch-site': 'cross-site', 'x-surepost-page': '1' }
    for (const headers of [{ cookie }, forged])
      expect([method, path, (await fetchFrom(path, { method, headers })).status]).toEqual([method, path, 403])
  }
})

test('signing out takes the cookie back', async () => {
  const response = await fetchFrom('/session', { method: 'DELETE', headers: page })
  expect([response.status, response.headers.get('set-cookie')]).toEqual([
    204,
    expect.stringContaining('surepost_session=;'),
  ])
})

test('facts are seen as they happen, without their texts', async () => {
  const stop = new AbortController()
  const response = await fetchFrom('/v1/events', {
    headers: { authorization: `Bearer ${API_KEY}` },
    signal: stop.signal,
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  let seen = ''
  const reading = (async () => {
    for await (const chunk of response.body ?? []) seen += Buffer.from(chunk).toString()
  })().catch(() => {})
  await eventually(() => seen.includes('event:open') || seen.includes('event: open'))
  const { body } = await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text: 'a text of mine' }] })
  await eventually(() => seen.includes('post.submitted') && seen.includes('post.dispatched'))
  expect(seen).toContain(body.id)
  expect(seen).not.toContain('a text of mine')
  stop.abort()
  await reading
})

test('the operations are described by an OpenAPI document made of their schemas', async () => {
  const { status, body } = await api.call('GET', '/v1/openapi.json')
  expect([status, body.openapi]).toEqual([200, '3.1.0'])
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/v1/posts', '/v1/posts/{id}', '/v1/media', '/v1/accounts/{id}/session']),
  )
  const submit = body.paths['/v1/posts'].post
  expect(submit.requestBody.content['application/json'].schema.required).toEqual(['account', 'segments'])
  expect(Object.keys(submit.responses)).toEqual(['202', '401', '409', '422', '503', 'default'])
})
