import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { demoClient } from '../../src/demo/client.ts'

/** A console that answers so, one after the other; what it was asked is kept. */
const consoleThat = async (answers: readonly { readonly status: number; readonly retryAfter?: string }[]) => {
  const keys: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const { status, retryAfter } = answers[keys.length] ?? { status: 202 }
    keys.push(request.headers['idempotency-key'] as string | undefined)
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
    const body = status === 202 ? { id: 'a-post' } : { title: 'Not now', detail: 'The database is away.' }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const endpoints = { consoleUrl: url, apiKey: 'k', playgroundUrl: url, playgroundLedgerUrl: url, accounts: [] }
  return { client: demoClient(endpoints, new AbortController().signal), keys }
}

const post = { account: 'ada', segments: ['Hello'] }

describe('a submission of the demo', () => {
  it('is made again under the same key when the console says when', async () => {
    const { client, keys } = await consoleThat([{ status: 503, retryAfter: '1' }])
    expect(await client.submit(post, 'demo-1', null)).toBe('a-post')
    expect(keys).toEqual(['demo-1', 'demo-1'])
  })

  it('ends with the words of the console when it says no', async () => {
    const { client, keys } = await consoleThat([{ status: 422 }, { status: 202 }])
    await expect(client.submit(post, 'demo-1', null)).rejects.toThrow('answered 422: The database is away.')
    expect(keys).toHaveLength(1)
  })
})
