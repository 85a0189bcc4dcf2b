import { createRequire } from 'node:module'
import { type AccountId, LEASE_REQUESTS, LeaseAnswer, LeaseMoved, newId } from '@surepost/shared/contracts'
import { connectLeases } from '@surepost/shared/leases'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  accountConfig,
  acquired,
  actionFor,
  configure,
  granted,
  newPlatformId,
  publishedAs,
  requestOf,
  sessionWith,
} from '../support/fixtures.ts'
import { ADMIN_KEY } from '../support/broker-process.ts'
import { startHolder } from '../support/holder-process.ts'
import { setUp } from '../support/setup.ts'

const setup = await setUp(await isolate())
const { broker, bus, leases, site } = setup
afterAll(() => setup[Symbol.asyncDispose]())

const { version } = createRequire(import.meta.url)('playwright/package.json') as { version: string }

/** Ask for an `act` lease by hand, and do nothing with the answer. */
const askOnly = async (account: AccountId, playwright = version) => {
  const answered = Promise.withResolvers<Exclude<LeaseAnswer, { answer: 'waiting' }>>()
  const inbox = await bus.inbox((body) => {
    const answer = LeaseAnswer.parse(body)
    if (answer.answer !== 'waiting') answered.resolve(answer)
  })
  const requestId = newId()
  await bus.request(
    LEASE_REQUESTS.act,
    { requestId, account, class: 'act', startBy: new Date(Date.now() + 20_000).toISOString(), playwright },
    { replyTo: inbox.queue, correlationId: requestId, shard: 0 },
  )
  return { inbox, answer: answered.promise }
}

/** Why the leases of an account ended, in order. */
const causesOf = (account: AccountId): string[] =>
  broker.output.flatMap((line) => {
    const entry = JSON.parse(line) as { msg?: string; account?: string; cause?: string }
    return entry.msg === 'lease closed' && entry.account === account ? [entry.cause ?? ''] : []
  })

/** How long the last offer to an account stood before it ended, in milliseconds. */
const offerMs = (account: AccountId): number => {
  const times = broker.output
    .map((line) => JSON.parse(line) as { time: string; msg?: string; account?: string })
    .filter((entry) => entry.account === account && (entry.msg === 'lease offered' || entry.msg === 'lease ending'))
    .map((entry) => Date.parse(entry.time))
  return (times[1] ?? Number.NaN) - (times[0] ?? Number.NaN)
}

const cookies = async (account: AccountId): Promise<string> => {
  await using lease = await acquired(leases, requestOf(account, { class: 'background' }))
  return JSON.stringify(await lease.context.cookies())
}

test('a granted lease opens a page with the session of its account, and its end gives the slot back; whoever listens hears each step', async () => {
  const account = await setup.account('first')
  const heard: unknown[][] = []
  await using _watch = await bus.watchFacts(({ type, body }) => {
    const moved = type === LeaseMoved.type ? LeaseMoved.body.parse(body) : undefined
    if (moved?.account === account) heard.push([moved.event, moved.state, moved.cause])
  })
  {
    await using lease = await acquired(leases, requestOf(account))
    expect(lease).toMatchObject({ handle: 'first', platform: 'x', fence: 1, account })
    const page = await lease.newPage()
    await page.goto(site)
    expect(await page.locator('#cookies').textContent()).toContain('auth_token=secret')
    const action = actionFor(account)
    expect(await lease.begin(action)).toEqual({ answer: 'fresh', attempt: 1 })
    const id = newPlatformId()
    await lease.complete(action, 1, publishedAs(id))
    expect(await lease.begin(action)).toMatchObject({ answer: 'done', platformId: id })
  }
  await setup.idle()
  await eventually(() => heard.length === 4)
  expect(heard).toEqual([
    ['reserved', 'offered', null],
    ['claimed', 'active', null],
    ['ended', 'closing', 'released'],
    ['kept', 'closed', 'released'],
  ])
})

test('a lease for a create that the budget has no room for is refused at once, and takes no browser', async () => {
  const post = { perHour: 1, perDay: 10, minGapSeconds: 0 }
  const account = await configure(bus, broker, accountConfig('spent', { post }))
  const first = actionFor(account)
  {
    await using lease = await acquired(leases, requestOf(account, { action: first }))
    expect(await lease.begin(first)).toEqual({ answer: 'fresh', attempt: 1 })
    await lease.complete(first, 1, publishedAs(newPlatformId()))
  }
  const refused = await leases.acquire(requestOf(account, { action: actionFor(account) }))
  if (refused.granted) throw new Error('it was granted')
  expect(refused.reason).toBe('budget')
  expect(refused.retryAt.getTime() - Date.now()).toBeGreaterThan(50 * 60_000)
  // What is live already is only to be recorded, and needs its lease: the next one, as its number says.
  await using lease = await acquired(leases, requestOf(account, { action: first }))
  expect(lease.fence).toBe(2)
  expect(causesOf(account)).toEqual(['released'])
})

test('rotated cookies are saved from a clean publishing lease, and from no other', async () => {
  const account = await setup.account('rotating')
  const visit = async (leaseClass: 'act' | 'background', name: string, taint: boolean): Promise<void> => {
    await using lease = await acquired(leases, requestOf(account, { class: leaseClass }))
    await lease.context.addCookies([{ name, value: '1', url: site }])
    if (taint) lease.taint()
  }
  await visit('act', 'from-clean-act', false)
  await visit('act', 'from-tainted-act', true)
  await visit('background', 'from-reading', false)
  const saved = await cookies(account)
  expect(saved).toContain('from-clean-act')
  expect(saved).not.toMatch(/from-tainted-act|from-reading/)
})

test('two publishing leases of one account never overlap; another account does not wait', async () => {
  const [account, other] = [await setup.account('busy'), await setup.account('free')]
  const first = await acquired(leases, requestOf(account))
  const second = leases.acquire(requestOf(account, { startBy: new Date(Date.now() + 30_000) }))
  await using _third = await acquired(leases, requestOf(other))
  expect((await setup.held()).filter((l) => l.account === account)).toHaveLength(1)
  await first[Symbol.asyncDispose]()
  await using next = granted(await second)
  expect(next.fence).toBeGreaterThan(first.fence)
})

test('a wrong version is refused before it waits', async () => {
  const account = await setup.account('versions')
  const old = await connectLeases({ bus, shards: 1, log: silentLogger(), playwrightVersion: '1.64.9' })
  expect(await old.acquire(requestOf(account))).toMatchObject({ granted: false, reason: 'version' })
})

test('an unknown account and one without a session are refused with a time', async () => {
  const { answer, inbox } = await askOnly('nobody' as AccountId)
  expect(await answer).toMatchObject({ answer: 'refused', reason: 'unknown_account' })
  await inbox[Symbol.asyncDispose]()
})

test('an offer that is not claimed gives its slot back within 5 seconds', async () => {
  const account = await setup.account('silent')
  const { answer, inbox } = await askOnly(account)
  expect(await answer).toMatchObject({ answer: 'granted' })
  await using lease = await acquired(leases, requestOf(account))
  expect(lease.fence).toBe(2)
  expect(causesOf(account)).toEqual(['unclaimed'])
  expect(offerMs(account)).toBeLessThan(5_500)
  await inbox[Symbol.asyncDispose]()
})

test('an asker that is gone costs nobody anything', async () => {
  const account = await setup.account('gone')
  const holder = await acquired(leases, requestOf(account))
  const { inbox } = await askOnly(account)
  await inbox[Symbol.asyncDispose]()
  const next = leases.acquire(requestOf(account, { startBy: new Date(Date.now() + 30_000) }))
  await holder[Symbol.asyncDispose]()
  await using lease = granted(await next)
  // The grant between came back as undeliverable, or was never made: nobody waited for it to be claimed.
  expect(lease.fence).toBeGreaterThan(holder.fence)
  expect(causesOf(account)).not.toContain('unclaimed')
})

test('a wrong token opens nothing, a right one each socket once', async () => {
  const account = await setup.account('tokens')
  const { answer, inbox } = await askOnly(account)
  const grant = await answer
  if (grant.answer !== 'granted') throw new Error('refused')
  const open = (url: string, token: string): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
      sockets.push(socket)
      socket.on('open', () => resolve(101))
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
      socket.on('error', () => {})
    })
  const sockets: WebSocket[] = []
  expect(await open(grant.control, `${grant.token}x`)).toBe(401)
  expect(await open(grant.endpoint, grant.token)).toBe(401)
  expect(await open(grant.control, grant.token)).toBe(101)
  expect(await open(grant.control, grant.token)).toBe(401)
  expect(await open(grant.endpoint, 'a-token-that-is-not-one-of-ours')).toBe(401)
  expect(await open(grant.endpoint, grant.token)).toBe(101)
  expect(await open(grant.endpoint, grant.token)).toBe(401)
  for (const socket of sockets) socket.terminate()
  await inbox[Symbol.asyncDispose]()
  await setup.idle()
})

test('a lease has at most five pages', async () => {
  const account = await setup.account('pages')
  await using lease = await acquired(leases, requestOf(account, { class: 'background' }))
  const pages = await Promise.allSettled(Array.from({ length: 7 }, () => lease.newPage()))
  expect(pages.filter((page) => page.status === 'fulfilled')).toHaveLength(5)
  expect(pages.find((page) => page.status === 'rejected')?.reason).toMatchObject({ code: 'too_many_pages' })
})

test('a holder that is killed loses its browser, and its slot goes to the next', async () => {
  const account = await setup.account('killed')
  await using holder = await startHolder(setup.amqpUrl, account, site)
  const action = actionFor(account)
  holder.tell(`begin ${JSON.stringify(action)}`)
  expect(await holder.next('begun')).toMatchObject({ detail: { answer: 'fresh' } })
  holder.kill('SIGKILL')
  await using lease = await acquired(leases, requestOf(account))
  expect(causesOf(account)).toEqual(['client_lost'])
  expect(await lease.begin(action)).toMatchObject({ answer: 'unknown', attempt: 1 })
})

test('a frozen holder is closed in less than 7 seconds, and when it thaws it can do nothing', async () => {
  const account = await setup.account('frozen')
  await using holder = await startHolder(setup.amqpUrl, account, site)
  holder.kill('SIGSTOP')
  const began = Date.now()
  await eventually(async () => (await setup.held()).every((l) => l.account !== account), { timeoutMs: 10_000 })
  expect(Date.now() - began).toBeLessThan(7_000)
  await using _next = await acquired(leases, requestOf(account))
  holder.tell(`goto ${site}`)
  holder.tell(`begin ${JSON.stringify(actionFor(account))}`)
  holder.kill('SIGCONT')
  expect(await holder.next('failed')).toBeDefined()
  expect(await holder.next('failed')).toBeDefined()
  expect(await holder.next('lost')).toBeDefined()
})

test('a browser that crashes ends its own lease, at once and with its reason', async () => {
  const [account, other] = [await setup.account('crashing'), await setup.account('bystander')]
  await using lease = await acquired(leases, requestOf(account))
  await using bystander = await acquired(leases, requestOf(other))
  const page = await lease.newPage()
  const lost = new Promise((resolve) => lease.signal.addEventListener('abort', resolve))
  const session = await lease.context.newCDPSession(page)
  void session.send('Browser.crash').catch(() => {})
  await lost
  expect(String(lease.signal.reason)).toMatch(/lost/)
  const next = await bystander.newPage()
  expect((await next.goto(site))?.status()).toBe(200)
})

test('a lease ends absolutely; renewing moves its end', async () => {
  const account = await setup.account('renewing')
  await using lease = await acquired(leases, requestOf(account, { class: 'background' }))
  const before = lease.expiresAt
  const after = await lease.renew()
  expect(after.getTime()).toBeGreaterThanOrEqual(before.getTime())
  expect(lease.expiresAt).toEqual(after)
})

test('a lease that is revoked by hand is lost to its holder, and its account is free', async () => {
  const account = await setup.account('revoked')
  await using lease = await acquired(leases, requestOf(account))
  const lost = new Promise((resolve) => lease.signal.addEventListener('abort', resolve))
  const revoke = (id: string): Promise<Response> =>
    fetch(`${broker.baseUrl}/leases/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${ADMIN_KEY}` } })
  expect((await revoke(lease.id)).status).toBe(202)
  await lost
  expect(String(lease.signal.reason)).toMatch(/revoked/)
  await using next = await acquired(leases, requestOf(account))
  expect(next.fence).toBe(lease.fence + 1)
  expect(causesOf(account)).toEqual(['revoked'])
  expect((await revoke(lease.id)).status).toBe(404)
})

test('what a lease refuses never repeats its token', async () => {
  const account = await setup.account('discreet')
  const { answer, inbox } = await askOnly(account)
  const grant = await answer
  if (grant.answer !== 'granted') throw new Error('refused')
  await inbox[Symbol.asyncDispose]()
  await setup.idle()
  expect(broker.output.join('\n')).not.toContain(grant.token)
  expect(broker.output.join('\n')).not.toContain('secret')
})

test('the admin routes want their key, and a session must be one', async () => {
  const account = await setup.account('administered')
  for (const authorization of ['', 'Bearer wrong', `Basic ${ADMIN_KEY}`])
    expect((await fetch(`${broker.baseUrl}/accounts`, { headers: { authorization } })).status).toBe(401)
  expect(await broker.put(`/accounts/${account}/session`, { cookies: 'none' })).toBe(400)
  expect(await broker.put('/accounts/nobody/session', sessionWith('x'))).toBe(404)
  const accounts = await broker.get<{ config: { id: string } }[]>('/accounts')
  expect(accounts.find((a) => a.config.id === account)).toEqual({
    config: accountConfig(account),
    paused: null,
    session: 'ready',
    used: { post: { lastHour: 0, lastDay: 0 }, reply: { lastHour: 0, lastDay: 0 } },
  })
})

test('nothing is left over when all leases have ended', async () => {
  await setup.idle()
  const { free, slots } = await broker.get<{ free: number; slots: number }>('/pressure')
  expect(free).toBe(slots)
})
