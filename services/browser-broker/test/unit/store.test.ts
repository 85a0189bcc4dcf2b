import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccountId, type ApprovedPost } from '@surepost/shared/contracts'
import { afterAll, expect, test } from 'vitest'
import { holdLock } from '../../src/ledger/lock.ts'
import { openStore } from '../../src/ledger/store.ts'
import { UPKEEP } from '../../src/ledger/upkeep.ts'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, POLICY, SECOND, TestLedger, WINDOW } from '../support/ledger.ts'

const folder = mkdtempSync(join(tmpdir(), 'surepost-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const file = (): string => join(folder, `ledger-${(files += 1)}.db`)
const account = AccountId.parse('acme')
const recover = (ledger: TestLedger): number => {
  const [result] = ledger.store.commit([() => UPKEEP.recover({ store: ledger.store, now: ledger.now, policy: POLICY })])
  return result !== undefined && 'ok' in result ? Number(result.ok) : -1
}

test('what was answered is there after the process died without closing', () => {
  const path = file()
  const before = new TestLedger(path)
  before.account('acme')
  const action = actionFor(account)
  before.begin(action, before.lease(account))
  using after = new TestLedger(path)
  expect(after.store.tables.post(action.postId).actions).toMatchObject([{ state: 'open', attempt: 1 }])
  before[Symbol.dispose]()
})

test('after a restart in the same place what was open is unknown, and quiet since the restart', () => {
  const path = file()
  using before = new TestLedger(path)
  before.account('acme')
  recover(before)
  const action = actionFor(account)
  before.begin(action, before.lease(account))
  using after = new TestLedger(path)
  after.now = before.now + 30 * SECOND
  expect(recover(after)).toBe(1)
  expect(after.ask(action)).toMatchObject({ answer: 'unknown', settledAt: new Date(after.now + WINDOW).toISOString() })
})

test('after a restart elsewhere it is quiet only since the lease expired', () => {
  const path = file()
  using before = new TestLedger(path)
  before.account('acme')
  recover(before)
  const action = actionFor(account)
  before.begin(action, before.lease(account))
  const expiry = before.now + POLICY.leaseMs.act.first
  before.store.setMeta('place', 'another host, another boot')
  using after = new TestLedger(path)
  after.now = before.now + 30 * SECOND
  recover(after)
  expect(after.ask(action)).toMatchObject({ answer: 'unknown', settledAt: new Date(expiry + WINDOW).toISOString() })
})

test('a fence is greater than every earlier one of the account, over restarts too', () => {
  const path = file()
  const fences: number[] = []
  for (let i = 0; i < 3; i++) {
    using ledger = new TestLedger(path)
    ledger.account('acme')
    recover(ledger)
    const opened = ledger.do('openLease', { leaseId: `lease ${i}`, account, class: 'act' })
    if ('opened' in opened) fences.push(opened.opened.fence)
  }
  expect(fences).toEqual([1, 2, 3])
})

test('another number of shards, or another shard, is refused with a sentence', () => {
  const path = file()
  openStore({ path, shard: 0, shards: 2, policy: POLICY }, BIRTH)[Symbol.dispose]()
  expect(() => openStore({ path, shard: 0, shards: 3, policy: POLICY }, BIRTH)).toThrow(
    /BROKER_SHARDS is 3.*made with 2.*set BROKER_SHARDS to 2/,
  )
  expect(() => openStore({ path, shard: 1, shards: 2, policy: POLICY }, BIRTH)).toThrow(/BROKER_SHARD is 1/)
})

test('an operation that fails is undone alone; its neighbours in the commit stand', () => {
  using ledger = new TestLedger()
  const [failed, stood] = ledger.store.commit([
    () => {
      ledger.store.setMeta('gone', 'yes')
      throw new Error('no')
    },
    () => ledger.store.setMeta('kept', 'yes'),
  ])
  expect(failed).toHaveProperty('failed')
  expect(stood).toHaveProperty('ok')
  expect([ledger.store.meta('gone'), ledger.store.meta('kept')]).toEqual([undefined, 'yes'])
})

test('a restored backup notices by its own facts and is born again: what is older is asked about', () => {
  using ledger = new TestLedger()
  ledger.account('acme')
  const old = actionFor(account, { acceptedAt: new Date(BIRTH + 1).toISOString() })
  const open = actionFor(account)
  ledger.ask(open)
  const id = ledger.store.meta('id') ?? ''
  const hear = (seq: number) => UPKEEP.hear({ store: ledger.store, now: ledger.now, policy: POLICY }, { id, seq })
  expect(hear(ledger.store.seq())).toBe(null)
  ledger.pass(SECOND)
  expect(hear(ledger.store.seq() + 1)).toBe(ledger.store.meta('id'))
  expect(ledger.store.meta('id')).not.toBe(id)
  const settled = new Date(ledger.now + POLICY.leaseMs.act.most + WINDOW).toISOString()
  expect(ledger.ask(old)).toMatchObject({ answer: 'unknown', settledAt: settled })
  expect(ledger.ask(open)).toMatchObject({ answer: 'unknown', settledAt: settled })
})

test('what is old and settled is forgotten, what is unknown never', () => {
  using ledger = new TestLedger()
  ledger.account('acme')
  const notAfter = new Date(ledger.now + SECOND).toISOString()
  const [done, unknown] = [actionFor(account, { notAfter }), actionFor(account, { notAfter })]
  const lease = ledger.lease(account)
  ledger.begin(done, lease)
  ledger.do('complete', ledger.outcome(done, 1, lease), {
    platformId: newPlatformId(),
    url: 'https://x.com/i/status/1',
    publishedAt: ledger.now,
    source: 'response',
  })
  ledger.begin(unknown, lease)
  ledger.end(lease)
  ledger.pass(POLICY.keepMs + 60 * SECOND)
  UPKEEP.prune({ store: ledger.store, now: ledger.now, policy: POLICY })
  expect(ledger.store.tables.post(done.postId).actions).toEqual([])
  expect(ledger.store.tables.post(unknown.postId).actions).toHaveLength(1)
  expect(ledger.ask(done)).toMatchObject({ answer: 'refused', reason: 'too_late' })
})

test('an open action that nobody asks for is sent again, not for ever', () => {
  using ledger = new TestLedger()
  ledger.account('acme')
  const action = actionFor(account)
  const { postId, revision, hash, notAfter } = action
  const command: ApprovedPost = {
    postId,
    revision,
    hash,
    account,
    platform: 'x',
    content: { segments: [{ text: 'hello', media: [] }] },
    notAfter,
  }
  const lease = ledger.lease(account)
  ledger.begin({ ...action, command }, lease)
  ledger.pass(POLICY.resendAfterMs + 1)
  expect(ledger.do('resend')).toEqual({ resent: 0 })
  ledger.end(lease)
  ledger.pass(POLICY.resendAfterMs + 1)
  for (let i = 0; i < POLICY.maxResends; i++) {
    expect(ledger.do('resend')).toEqual({ resent: 1 })
    expect(ledger.do('resend')).toEqual({ resent: 0 })
    ledger.pass(POLICY.resendAfterMs + 1)
  }
  expect(ledger.do('resend')).toEqual({ resent: 0 })
  const sent = ledger.said().filter(({ type }) => type === 'post.publish')
  expect(sent).toHaveLength(POLICY.maxResends)
  expect(sent[0]?.body).toMatchObject({ postId, content: command.content })
})

test('the lock of a shard has one holder, and the next gets it when the first lets go', async () => {
  const path = join(folder, 'lock')
  const { signal } = new AbortController()
  const first = await holdLock(path, signal, () => {})
  const waiting = Promise.withResolvers<void>()
  const second = holdLock(path, signal, waiting.resolve)
  await waiting.promise
  first[Symbol.dispose]()
  ;(await second)[Symbol.dispose]()
})

test('waiting for the lock ends with the service', async () => {
  const path = join(folder, 'lock-2')
  using _first = await holdLock(path, new AbortController().signal, () => {})
  const stopping = new AbortController()
  const second = holdLock(path, stopping.signal, () => stopping.abort(new Error('stopping')))
  await expect(second).rejects.toThrow('stopping')
})

test('what is written in a trace is told in it, until it is confirmed; it says nothing more of itself for that', () => {
  using ledger = new TestLedger(file())
  ledger.account('acme')
  const care = { store: ledger.store, now: ledger.now, policy: POLICY }
  UPKEEP.confirmed(
    care,
    UPKEEP.outbox(care, 100).map(({ seq }) => seq),
  )
  const leaseId = ledger.lease(account)
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  ledger.store.commit([() => ledger.store.perform('begin', [actionFor(account), leaseId], ledger.now, traceparent)])
  ledger.store.commit([
    () => ledger.store.perform('pause', [account, { reason: 'r', until: null, by: 'operator' }], ledger.now),
  ])
  const parcels = UPKEEP.outbox(care, 100)
  expect(parcels.map(({ type, traceparent: trace }) => [type, trace])).toEqual([
    ['post.segment_begun', traceparent],
    ['account.paused', null],
  ])
  expect(JSON.stringify(parcels.map(({ body }) => body))).not.toContain('traceparent')
  UPKEEP.confirmed(
    care,
    parcels.map(({ seq }) => seq),
  )
  expect(ledger.store.db.prepare('select count(*) n from traces').get()).toEqual({ n: 0 })
})
