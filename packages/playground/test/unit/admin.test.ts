import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createPlayground } from '../../src/index.ts'

/** An address of this machine that is not the loopback: who comes by it is a stranger. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address

const KEY = 'a-key-of-the-playground'
const addAccount = (url: string, key?: string): Promise<Response> =>
  fetch(`${url}/admin/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ handle: 'ada' }),
  })

describe.skipIf(address === undefined)('the admin routes, from another machine', () => {
  test('answer to whoever has the key, and to nobody else', async () => {
    await using site = await createPlayground({ host: '0.0.0.0', adminKey: KEY })
    const url = `http://${address}:${new URL(site.url).port}`
    expect((await addAccount(url)).status).toBe(403)
    expect((await addAccount(url, 'another-key')).status).toBe(403)
    expect((await addAccount(url, KEY)).status).toBe(201)
  })
  test('answer to nobody where there is no key', async () => {
    await using site = await createPlayground({ host: '0.0.0.0' })
    expect((await addAccount(`http://${address}:${new URL(site.url).port}`, 'undefined')).status).toBe(403)
  })
})

test('a session is for the host that browsers know the site by', async () => {
  await using site = await createPlayground({ publicUrl: 'http://playground:8090' })
  const { storageState } = (await (await addAccount(site.url)).json()) as {
    storageState: { cookies: { domain: string }[] }
  }
  expect(storageState.cookies.map(({ domain }) => domain)).toEqual(['playground', 'playground'])
})
