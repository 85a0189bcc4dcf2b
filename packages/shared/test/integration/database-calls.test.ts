import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '@surepost/testkit'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  DataRefusedError,
  type Database,
  DatabaseWrongError,
  type ReadClient,
  connectDatabase,
} from '../../src/database/index.ts'
import { PermanentError, UnavailableError } from '../../src/errors/index.ts'
import { Registry } from '../../src/runtime/index.ts'

// A gateway that answers as told stands in for the troubles that a real one cannot be asked to have.
type Answer = (response: ServerResponse) => void
const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const end of cleanUp.splice(0)) await end()
})

const status =
  (code: number, body: object = { message: 'no' }): Answer =>
  (response) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const fine = status(200, ['20261123160000'])
const silence: Answer = () => {}

/** A database module in front of a gateway that gives these answers in turn, the last one for ever. */
const against = async (answers: readonly Answer[], timeoutMs = 5_000) => {
  const requests: IncomingMessage[] = []
  const times: number[] = []
  let connections = 0
  const server = createServer((request, response) => {
    request.resume()
    answers[Math.min(requests.length, answers.length - 1)]?.(response)
    requests.push(request)
    times.push(performance.now())
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const registry = new Registry()
  const database = connectDatabase({ url, key: 'a-secret-key-of-some-length', log, timeoutMs, registry })
  cleanUp.push(async () => {
    await database[Symbol.asyncDispose]()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { database, registry, lines, requests, times, asked: () => requests.length, connections: () => connections }
}

const ask = (database: Database, options = {}) => database.rpc('schema_version', {}, options)

describe('a call to the database', () => {
  it('is tried again while what failed is passing', async () => {
    const { database, asked } = await against([
      status(503),
      status(500, { code: '40001', message: 'could not serialize' }),
      fine,
    ])
    expect(await ask(database)).toEqual(['20261123160000'])
    expect(asked()).toBe(3)
  })

  it.each([
    ['PGRST000', status(503, { code: 'PGRST000', message: 'could not connect' })],
    ['PGRST001', status(503, { code: 'PGRST001', message: 'internal connection error' })],
    ['PGRST002', status(503, { code: 'PGRST002', message: 'no schema cache' })],
    ['PGRST003', status(504, { code: 'PGRST003', message: 'waited too long for a connection' })],
    ['a deadlock', status(500, { code: '40P01', message: 'deadlock detected' })],
    ['a gateway without words', status(502, {})],
    ['a connection that was cut', (response: ServerResponse) => void response.destroy()],
    [
      'an answer that was cut',
      (response: ServerResponse) => void response.writeHead(200).write('["20', () => response.destroy()),
    ],
  ])('is tried again after %s', async (_, trouble) => {
    const { database, asked } = await against([trouble, fine])
    expect(await ask(database)).toEqual(['20261123160000'])
    expect(asked()).toBe(2)
  })

  it('waits longer from try to try, and ends inside the deadline of its caller', async () => {
    const { database, times } = await against([status(503)])
    const began = performance.now()
    await expect(ask(database, { deadlineMs: 1_500 })).rejects.toBeInstanceOf(UnavailableError)
    expect(performance.now() - began).toBeLessThan(2_500)
    // Half of 100, 200 and 400 ms at the least.
    const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    for (const [i, least] of [50, 100, 200].entries()) expect(waits[i] ?? Infinity).toBeGreaterThanOrEqual(least - 5)
  })

  it('keeps its connection for the next call', async () => {
    const { database, connections } = await against([fine])
    for (let n = 0; n < 20; n += 1) await ask(database)
    expect(connections()).toBeLessThan(4)
  })

  it('cannot be sent past the module, even by who was handed the client', async () => {
    const { database, asked } = await against([status(200, [])])
    const kept: ReadClient[] = []
    await database.read('posts', (client) => (kept.push(client), client.from('posts').select('id')))
    const past = await kept[0]?.from('posts').select('id')
    expect(past?.error?.message).toContain('A query may only be sent by the database module.')
    expect(asked()).toBe(1)
  })

  it('is not tried again when the data is bad', async () => {
    const { database, asked } = await against([status(400, { code: '22P02', message: 'invalid input' }), fine])
    await expect(ask(database)).rejects.toBeInstanceOf(DataRefusedError)
    expect(asked()).toBe(1)
  })

  it('is not tried again when the question or the key is wrong', async () => {
    const { database, asked } = await against([status(400, { code: 'PGRST100', message: 'what?' }), status(401), fine])
    await expect(ask(database)).rejects.toBeInstanceOf(PermanentError)
    await expect(ask(database)).rejects.toBeInstanceOf(DatabaseWrongError)
    expect(asked()).toBe(2)
  })

  it('is not tried again by the library underneath: there is one retry layer', async () => {
    const { database, requests } = await against([status(503), status(200, [])])
    await database.read('posts', (client) => client.from('posts').select('id'))
    // The library counts its own retries in a header.
    expect(requests.map(({ headers }) => headers['x-retry-count'])).toEqual([undefined, undefined])
  })

  it('ends at its deadline when nothing answers', async () => {
    const { database } = await against([silence])
    const began = performance.now()
    await expect(ask(database, { deadlineMs: 300 })).rejects.toThrow(/did not answer schema_version within/)
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it('gives up one try that hangs, and has the next', async () => {
    const { database } = await against([silence, fine], 200)
    expect(await ask(database)).toEqual(['20261123160000'])
  })

  it('ends with the reason of the caller who gave up', async () => {
    const { database } = await against([silence])
    const reason = new Error('the service is shutting down')
    const controller = new AbortController()
    const answer = ask(database, { signal: controller.signal })
    controller.abort(reason)
    await expect(answer).rejects.toBe(reason)
  })

  it('ends when the connection is closed', async () => {
    const { database } = await against([silence])
    const answer = ask(database)
    const expected = expect(answer).rejects.toThrow(/connection to the database was closed/)
    await database[Symbol.asyncDispose]()
    await expected
  })

  it('is refused at once while the breaker is open, and done again after the database is back', async () => {
    // The breaker's time stands still until the test lets it pass.
    vi.useFakeTimers({ toFake: ['Date'] })
    let answer = status(503)
    const { database, asked, registry } = await against([(response) => answer(response)])
    for (let n = 0; n < 10 && database.breaker !== 'open'; n += 1)
      await expect(ask(database, { deadlineMs: 500 })).rejects.toBeInstanceOf(UnavailableError)
    expect(database.breaker).toBe('open')
    const before = asked()
    expect(before).toBeLessThanOrEqual(10)
    await expect(ask(database)).rejects.toThrow(/failed 10 times in a row/)
    expect(asked()).toBe(before)
    expect(await registry.getSingleMetricAsString('surepost_breaker_state')).toContain('{breaker="database"} 2')
    // Half-open: one try, and open again for longer when it fails.
    vi.advanceTimersByTime(5_000)
    await expect(ask(database)).rejects.toBeInstanceOf(UnavailableError)
    expect(asked()).toBe(before + 1)
    expect(database.breaker).toBe('open')
    answer = fine
    vi.advanceTimersByTime(10_000)
    expect(await ask(database)).toEqual(['20261123160000'])
    expect(database.breaker).toBe('closed')
  })

  it('is tried within a second of the database’s return, however long it was away', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    let answer = status(503)
    const { database } = await against([(response) => answer(response)])
    for (let n = 0; n < 10 && database.breaker !== 'open'; n += 1)
      await expect(ask(database, { deadlineMs: 500 })).rejects.toBeInstanceOf(UnavailableError)
    for (let minute = 0; minute < 10; minute += 1) {
      vi.advanceTimersByTime(60_000)
      await expect(ask(database)).rejects.toBeInstanceOf(UnavailableError)
    }
    answer = fine
    vi.advanceTimersByTime(1_001)
    expect(await ask(database)).toEqual(['20261123160000'])
  })

  it('is not needed for the breaker to close: it is probed by itself, though nobody has work for the database', async () => {
    let answer = status(503)
    const { database } = await against([(response) => answer(response)])
    for (let n = 0; n < 10 && database.breaker !== 'open'; n += 1)
      await expect(ask(database, { deadlineMs: 500 })).rejects.toBeInstanceOf(UnavailableError)
    expect(database.breaker).toBe('open')
    answer = fine
    await eventually(() => database.breaker === 'closed', { timeoutMs: 20_000 })
  }, 30_000)

  it('that has bad data never opens the breaker', async () => {
    const { database } = await against([status(400, { code: '23514', message: 'check' })])
    for (let n = 0; n < 15; n += 1) await expect(ask(database)).rejects.toBeInstanceOf(DataRefusedError)
    expect(database.breaker).toBe('closed')
  })

  it('never logs the key', async () => {
    const { database, lines } = await against([status(401)])
    for (let n = 0; n < 12; n += 1) await ask(database).catch((error: Error) => lines.push(error.message))
    lines.push(...(await database.health()))
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.join('\n')).not.toContain('a-secret-key')
  })
})

describe('the health of the database', () => {
  it('is a sentence when nothing listens', async () => {
    const database = connectDatabase({ url: 'http://127.0.0.1:9', key: 'k', log: pino({ level: 'silent' }) })
    expect(await database.health()).toEqual([expect.stringMatching(/cannot be used/)])
    await database[Symbol.asyncDispose]()
  })

  it('names the first migration that is missing', async () => {
    const { database } = await against([fine])
    expect(await database.health()).toEqual([
      expect.stringMatching(/lacks \d+ of \d+ migrations, first 20261123160100/),
    ])
  })

  it('says that the migrations have not been run when there is no schema', async () => {
    const { database } = await against([status(404, { code: 'PGRST202', message: 'no function' })])
    expect(await database.health()).toEqual([expect.stringMatching(/has none of our functions.*run the migrations/)])
  })

  it('says which variable is wrong when the key is refused', async () => {
    const { database } = await against([status(403, { code: '42501', message: 'permission denied' })])
    expect(await database.health()).toEqual([
      expect.stringMatching(/SUPABASE_SERVICE_ROLE_KEY must be the key of the role service_role/),
    ])
  })
})
