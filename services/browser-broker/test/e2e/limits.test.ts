import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { ADMIN_KEY } from '../support/broker-process.ts'
import { acquired, requestOf } from '../support/fixtures.ts'
import { setUp } from '../support/setup.ts'

// A processor that somebody waits for is no reason here: the tests' machine is busy.
const setup = await setUp(await isolate(), { env: { BACKGROUND_CPU_PERCENT: '101' } })
const { broker, leases } = setup
afterAll(() => setup[Symbol.asyncDispose]())

const put = (body: string): Promise<Response> =>
  fetch(`${broker.baseUrl}/limits`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body,
  })

interface Pressure {
  readonly slots: number
  readonly estimateMs: { readonly act: number | null; readonly background: number | null }
  readonly admission: { readonly cpu: string; readonly memory: string }
  readonly load: { readonly memoryFreeMiB: number }
}
const pressure = (): Promise<Pressure> => broker.get('/pressure')

test('limits change while the broker runs, and who waited for that gets its lease', async () => {
  const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((id) => setup.account(id)))
  if (one === undefined || two === undefined || three === undefined) throw new Error('no accounts')
  await using _first = await acquired(leases, requestOf(one, { class: 'background' }))
  await using _second = await acquired(leases, requestOf(two, { class: 'background' }))
  const third = leases.acquire(requestOf(three, { class: 'background', startBy: new Date(Date.now() + 60_000) }))
  await eventually(
    async () => (await broker.get<{ waiting: { background: number } }>('/pressure')).waiting.background === 1,
  )
  expect(await setup.held()).toHaveLength(2)
  expect((await put('{"slots": 4}')).status).toBe(200)
  const lease = await third
  expect(lease.granted).toBe(true)
  expect((await pressure()).slots).toBe(4)
  if (lease.granted) await lease[Symbol.asyncDispose]()
})

test('limits that cannot be are refused with a problem that names them', async () => {
  const response = await put('{"slots": 1, "keep": {"uses": "many"}}')
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = (await response.json()) as { errors: string[] }
  expect(problem).toMatchObject({ title: 'Bad request', status: 400 })
  expect(problem.errors.map((error) => error.split(':')[0])).toEqual(['slots', 'keep.uses'])
  expect((await put('{')).status).toBe(400)
  expect((await fetch(`${broker.baseUrl}/limits`, { method: 'PUT' })).status).toBe(401)
})

test('background work is refused while memory is short, and publishing is not', async () => {
  const account = await setup.account('short-of-memory')
  const free = (await pressure()).load.memoryFreeMiB
  expect((await put(`{"admission": {"memoryFreeMiB": {"stop": ${free * 4}, "resume": ${free * 4}}}}`)).status).toBe(200)
  await eventually(async () => (await pressure()).admission.memory === 'short')
  expect((await pressure()).estimateMs).toMatchObject({ act: 0, background: null })
  expect(await leases.acquire(requestOf(account, { class: 'background' }))).toMatchObject({ reason: 'pressure' })
  await using act = await acquired(leases, requestOf(account))
  expect(act.granted).toBe(true)
  expect((await put('{"admission": {"memoryFreeMiB": {"stop": 0, "resume": 0}}}')).status).toBe(200)
  await eventually(async () => (await pressure()).admission.memory === 'free')
  await using read = await acquired(leases, requestOf(account, { class: 'background' }))
  expect(read.granted).toBe(true)
})

test('the youngest background lease is asked to end when publishing waits for its slot', async () => {
  expect((await put('{"slots": 3, "yieldAfterMs": 100}')).status).toBe(200)
  await setup.idle()
  const accounts = await Promise.all(['old-read', 'young-read', 'acting', 'waiting'].map((id) => setup.account(id)))
  const [a, b, c, d] = accounts
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('no accounts')
  await using old = await acquired(leases, requestOf(a, { class: 'background' }))
  const young = await acquired(leases, requestOf(b, { class: 'background' }))
  await using _acting = await acquired(leases, requestOf(c))
  const waiting = leases.acquire(requestOf(d, { startBy: new Date(Date.now() + 60_000) }))
  await new Promise((resolve) => young.yielding.addEventListener('abort', resolve))
  expect(old.yielding.aborted).toBe(false)
  expect(young.signal.aborted).toBe(false)
  await young[Symbol.asyncDispose]()
  const lease = await waiting
  expect(lease.granted).toBe(true)
  if (lease.granted) await lease[Symbol.asyncDispose]()
})
