import { isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, type TestConsole, testConsole } from './fixture.ts'

const env = await isolate()
let api: TestConsole
beforeAll(async () => {
  api = await testConsole(env)
})
afterAll(() => api[Symbol.asyncDispose]())

const get = (path: string) => fetch(new URL(path, api.url))

test('the page of the API needs no sign-in, asks no other site, and runs no script but files of this one', async () => {
  const response = await get('/docs')
  const html = await response.text()
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("connect-src 'self'")
  expect(policy).not.toMatch(/https?:|unsafe-eval/)
  expect(html).not.toMatch(/<script(?![^>]* src="\/)|<style| style=| on[a-z]+=|https?:/)
  expect(html).not.toContain(API_KEY)
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, file]) => file ?? '')
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) expect([file, (await get(file)).status]).toEqual([file, 200])
})

test('the rest of the console keeps its own stricter policy', async () => {
  expect((await get('/')).headers.get('content-security-policy')).not.toContain('unsafe')
})

test('the document is the one of the API, which itself still needs the key', async () => {
  const document = await (await get('/docs/openapi.json')).json()
  expect(document).toMatchObject({ openapi: '3.1.0', paths: { '/v1/posts': {} } })
  expect((await api.call('GET', '/v1/openapi.json')).body).toEqual(document)
  expect((await get('/v1/openapi.json')).status).toBe(401)
  expect((await get('/docs/package.json')).status).toBe(404)
})
