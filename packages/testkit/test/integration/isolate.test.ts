import { Client } from 'pg'
import { expect, test } from 'vitest'
import { isolate } from '../../src/index.ts'

const one = await isolate()
const two = await isolate()

const query = async (url: string, sql: string): Promise<readonly unknown[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test("two isolates do not see each other's rows", async () => {
  await query(one.endpoints.postgresUrl, 'create table only_here (id int)')
  expect(await query(two.endpoints.postgresUrl, "select to_regclass('only_here') as found")).toEqual([{ found: null }])
})

test('an isolate answers through its own gateway with the service role key', async () => {
  const { supabaseUrl, supabaseKey } = one.endpoints
  const response = await fetch(`${supabaseUrl}/rest/v1/`, {
    headers: { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}` },
  })
  expect(response.status).toBe(200)
})

test('a request without a key is refused', async () => {
  const response = await fetch(`${one.endpoints.supabaseUrl}/rest/v1/`)
  expect(response.status).toBe(401)
})

test('an isolate has the policies of the messaging module on its virtual host', async () => {
  const url = new URL(`api/policies/${one.id}`, one.endpoints.rabbitmqManagementUrl)
  const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`
  url.username = url.password = ''
  const policies = (await (await fetch(url, { headers: { authorization } })).json()) as readonly {
    readonly name: string
  }[]
  expect(policies.map((policy) => policy.name)).toContain('poster.publish.0')
})
