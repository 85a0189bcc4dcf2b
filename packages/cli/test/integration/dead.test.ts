import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { newId } from '@surepost/shared/contracts'
import { PROJECT_ROOT } from '@surepost/stack'
import { eventually, isolate, temporaryFolder } from '@surepost/testkit'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'

/** Each command is a process of its own, which takes seconds to start on a busy machine. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const env = await isolate()
const surepost = join(PROJECT_ROOT, 'surepost')
/** Everything that is put there wrongly is parked by a real persister, which records the alert as well. */
const QUEUE = 'persister.facts'
let url: string
let key: string
let said = ''

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const run = async (
  command: string,
  args: readonly string[],
  more: Record<string, string>,
  typed?: string,
): Promise<Ended> => {
  const child = spawn(command, args, { env: { ...process.env, NO_COLOR: '1', ...more } })
  if (typed === undefined) child.stdin.end()
  const ended = once(child, 'close')
  const [out, err] = await Promise.all([answering(child.stdout, child.stdin, typed), text(child.stderr)])
  const [code] = (await ended) as [number | null]
  said += out + err
  return { code, out, err }
}

/** Types the answer once the question is there, as a person would. */
const answering = async (
  from: NodeJS.ReadableStream,
  to: NodeJS.WritableStream,
  typed: string | undefined,
): Promise<string> => {
  let seen = ''
  for await (const chunk of from) {
    seen += String(chunk)
    if (typed !== undefined && seen.includes('[y/N]')) {
      // Left open: its end would be a Ctrl-D, which may overtake a Ctrl-C.
      to.write(typed)
      typed = undefined
    }
  }
  return seen
}

const dead = (...args: readonly string[]): Promise<Ended> =>
  run(surepost, args, { SUREPOST_URL: url, SUREPOST_API_KEY: key })

/** On a terminal: `script` (bsdutils) runs it on one of its own. */
const onTerminal = (typed: string, ...args: readonly string[]): Promise<Ended> =>
  run(
    'script',
    ['-qec', [surepost, ...args].join(' '), '/dev/null'],
    { SUREPOST_URL: url, SUREPOST_API_KEY: key },
    typed,
  )

beforeAll(async () => {
  const system = await env.startServices({ only: ['persister', 'console'] })
  url = system.consoleUrl
  key = system.apiKey
})
afterEach(async () => {
  expect(said).not.toContain(key)
  expect(said).not.toContain(env.endpoints.supabaseKey)
  said = ''
  await fetch(`${url}/v1/dead/${QUEUE}/discard`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{"all":true}',
  })
})

const isDead = async (count: number): Promise<unknown> =>
  eventually(
    async () => {
      const answer = await fetch(`${url}/v1/dead/${QUEUE}`, { headers: { authorization: `Bearer ${key}` } })
      const { letters } = (await answer.json()) as { letters: unknown[] }
      return letters.length === count && letters
    },
    { timeoutMs: 60_000 },
  )

/** Poison: facts of a type that there is not, parked. Returns their ids. */
const park = async (...bodies: readonly object[]): Promise<readonly string[]> => {
  const base = new URL(env.endpoints.rabbitmqManagementUrl)
  const authorization = `Basic ${Buffer.from(`${base.username}:${base.password}`).toString('base64')}`
  base.username = base.password = ''
  const vhost = encodeURIComponent(new URL(env.endpoints.amqpUrl).pathname.slice(1))
  const ids = bodies.map(() => newId())
  for (const [n, body] of bodies.entries()) {
    const properties = { delivery_mode: 2, type: 'post.poisoned', message_id: ids[n], headers: { version: 1 } }
    const message = { routing_key: QUEUE, payload: JSON.stringify(body), payload_encoding: 'string', properties }
    const response = await fetch(new URL(`api/exchanges/${vhost}/amq.default/publish`, base), {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    })
    expect(await response.json()).toEqual({ routed: true })
    await isDead(n + 1)
  }
  return ids
}

test('a poison message is counted, listed, shown, replayed and discarded, and its alert is active and then cleared', async () => {
  const [id = ''] = await park({ hello: 'wor\u{1b}ld' })

  const counts = await dead('dead', '--json')
  expect(JSON.parse(counts.out).queues).toContainEqual({ queue: QUEUE, messages: 1 })
  const table = await dead('dead')
  expect([table.code, table.err]).toEqual([0, ''])
  expect(table.out).toMatch(/persister\.facts +│ +1 │/)
  expect(table.out).toContain('1 dead letter.')

  const listed = await dead('dead', 'list', QUEUE)
  expect(listed.code).toBe(0)
  expect(listed.out).toContain(id)
  expect(listed.out).toContain('its type "post.poisoned"')

  const shown = await dead('dead', 'show', QUEUE, id)
  expect(shown.out).toMatch(/correlation id/)
  expect(shown.out).toContain(String.raw`"hello": "wor\u001bld"`)
  expect(shown.out).not.toContain('\u{1b}')
  expect(JSON.parse((await dead('dead', 'show', QUEUE, id, '--json')).out)).toMatchObject({ id, encoding: 'json' })

  const key = `dead-letters:${QUEUE}`
  const alerts = await eventually(
    async () => {
      const found = await dead('alerts')
      return found.out.includes(key) && found
    },
    { timeoutMs: 90_000 },
  )
  expect(alerts.out).toContain('critical')

  // It is no better than before, so it comes back.
  const parkedAt = async (): Promise<string> =>
    JSON.parse((await dead('dead', '--json', 'list', QUEUE)).out).letters.find(
      (letter: { id: string }) => letter.id === id,
    )?.at ?? ''
  const before = await parkedAt()
  expect((await dead('dead', 'replay', QUEUE, id)).out).toBe(`Replayed 1 of ${QUEUE}.\n`)
  await eventually(async () => (await parkedAt()) > before, { timeoutMs: 90_000 })

  const discarded = await dead('dead', 'discard', QUEUE, id, '--yes', '--json')
  expect([discarded.code, discarded.out]).toEqual([0, '{"count":1}\n'])
  await eventually(async () => !(await dead('alerts')).out.includes(key), { timeoutMs: 90_000 })
  const all = JSON.parse((await dead('alerts', '--all', '--json')).out)
  const cleared = all.alerts.find((alert: { key: string }) => alert.key === key)
  expect(cleared).toMatchObject({ active: false, clearedAt: expect.any(String) })
})

test('all letters are discarded only when the person at the terminal says so', async () => {
  await park({ n: 1 }, { n: 2 })
  const kept = await onTerminal('n\n', 'dead', 'discard', QUEUE, '--all')
  expect(kept.out).toContain(`Discard all dead letters of ${QUEUE} (2 at the moment)? [y/N]`)
  expect(kept.out).toContain(`Discarded 0 of ${QUEUE}.`)
  await isDead(2)
  const interrupted = await onTerminal('\u{3}', 'dead', 'discard', QUEUE, '--all')
  expect(interrupted.code).toBe(130)
  await isDead(2)
  const agreed = await onTerminal('y\n', 'dead', 'discard', QUEUE, '--all')
  expect(agreed.out).toContain(`Discarded 2 of ${QUEUE}.`)
  await isDead(0)
})

test('without a terminal nothing is discarded unless the command line says so', async () => {
  const [id = ''] = await park({ n: 1 })
  const refused = await dead('dead', 'discard', QUEUE, id)
  expect([refused.code, refused.out]).toEqual([2, ''])
  expect(refused.err).toContain('add --yes')
  await isDead(1)
  expect((await dead('dead', 'discard', QUEUE, '--all', '--yes')).out).toBe(`Discarded 1 of ${QUEUE}.\n`)
})

test('what there is not is said with what there is, and exit status 1', async () => {
  const queue = await dead('dead', 'list', 'persister.fact')
  expect([queue.code, queue.out]).toEqual([1, ''])
  expect(queue.err).toContain('There is no queue "persister.fact". There are: poster.publish.0')
  const letter = await dead('dead', 'show', QUEUE, newId())
  expect(letter.code).toBe(1)
  expect(letter.err).toContain(`GET /v1/dead/${QUEUE} lists those that there are`)
  expect(queue.err + letter.err).not.toContain('    at ')
})

test('a key that is wrong, a console that is away and a site that is none are told apart, without the key', async () => {
  const wrong = `wrong-${key}`
  const refused = await run(surepost, ['dead', '--url', url, '--key', wrong], {})
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('refuses the API key')

  const site = createServer((request, response) => {
    if (request.url?.startsWith('/moved') === true) response.writeHead(302, { location: '/v1/dead' }).end()
    else response.end('<h1>hello</h1>')
  }).listen(0, '127.0.0.1')
  await once(site, 'listening')
  const address = site.address()
  const other = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const none = await run(surepost, ['dead', '--url', other], { SUREPOST_API_KEY: key })
  expect([none.code, none.err]).toEqual([1, expect.stringContaining('something else than a Surepost console')])
  const moved = await run(surepost, ['dead', '--url', `${other}/moved`], { SUREPOST_API_KEY: key })
  expect([moved.code, moved.err]).toEqual([1, expect.stringContaining('status 302')])
  site.close()
  site.closeAllConnections()
  await once(site, 'close')
  const away = await run(surepost, ['alerts', '--url', other], { SUREPOST_API_KEY: key })
  expect([away.code, away.err]).toEqual([75, expect.stringContaining('does not answer (ECONNREFUSED)')])

  const inUrl = await run(surepost, ['dead', '--url', url.replace('//', `//me:${key}@`), '--key', key], {})
  expect([inUrl.code, inUrl.err]).toEqual([2, expect.stringContaining('has a user or a password in it')])
  const noStack = await run(surepost, ['dead', '--data', temporaryFolder()], {})
  expect([noStack.code, noStack.err]).toEqual([1, expect.stringContaining('give --url and --key')])
})
