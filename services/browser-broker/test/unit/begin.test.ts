import { AccountId, Hash, sha256 } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, MINUTE, POLICY, SECOND, WINDOW, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const live = { url: 'https://x.com/i/status/1', publishedAt: BIRTH, source: 'response' } as const

test('the first begin is fresh, and its fact is written with it', () => {
  using ledger = open()
  const action = actionFor(account)
  expect(ledger.ask(action)).toEqual({ answer: 'fresh', attempt: 1 })
  expect(ledger.said()).toContainEqual(
    expect.objectContaining({
      type: 'post.segment_begun',
      body: expect.objectContaining({
        postId: action.postId,
        attempt: 1,
        ledger: { id: ledger.store.meta('id'), seq: 2 },
      }),
    }),
  )
})

test('a second begin of what is open is never fresh', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  expect(ledger.begin(action, lease).answer).toBe('unknown')
})

test('what is done answers its id, whatever else stands against it', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  const platformId = newPlatformId()
  ledger.do('complete', ledger.outcome(action, 1, lease), { ...live, platformId })
  ledger.do('killSwitch', { on: true, by: 'a', reason: 'b' })
  ledger.do('cancel', { postId: action.postId, account, by: 'a', reason: 'b' })
  ledger.pass(365 * 24 * 60 * MINUTE)
  ledger.do('pause', account, { reason: 'r', until: null, by: 'operator' })
  ledger.do('resume', account, 'me')
  ledger.do('killSwitch', { on: false, by: 'a', reason: 'b' })
  expect(ledger.ask(action)).toEqual({ answer: 'done', platformId, url: live.url })
})

test('another content for the same revision is refused', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  const changed = { ...action, hash: Hash.parse(sha256('other')) }
  expect(ledger.ask(changed)).toMatchObject({ answer: 'refused', reason: 'hash_changed', until: null })
})

test('a segment waits until the one before it is live', () => {
  using ledger = open()
  const first = actionFor(account, { segments: 2 })
  const second = { ...first, segment: 1, textHash: null }
  const lease = ledger.lease(account)
  expect(ledger.begin(second, lease)).toMatchObject({ answer: 'refused', reason: 'not_yet' })
  ledger.begin(first, lease)
  expect(ledger.begin(second, lease)).toMatchObject({ answer: 'refused', reason: 'not_yet' })
  ledger.do('complete', ledger.outcome(first, 1, lease), { ...live, platformId: newPlatformId() })
  expect(ledger.begin(second, lease)).toEqual({ answer: 'fresh', attempt: 1 })
})

test('past notAfter nothing is created, and what is open is still reconciled', () => {
  using ledger = open()
  const late = actionFor(account, { notAfter: new Date(ledger.now + MINUTE).toISOString() })
  const never = actionFor(account, { notAfter: new Date(ledger.now + MINUTE).toISOString() })
  ledger.ask(late)
  ledger.pass(MINUTE)
  expect(ledger.ask(never)).toMatchObject({ answer: 'refused', reason: 'too_late', until: null })
  ledger.pass(WINDOW)
  const lease = ledger.lease(account)
  expect(ledger.begin(late, lease).answer).toBe('unknown')
  ledger.pass(SECOND)
  expect(ledger.do('absent', ledger.outcome(late, 1, lease), ledger.now)).toMatchObject({
    answer: 'refused',
    reason: 'too_late',
  })
})

test('an ended, foreign or reading lease can take no action', () => {
  using ledger = open()
  ledger.account('other')
  const action = actionFor(account)
  const other = ledger.lease(AccountId.parse('other'))
  expect(ledger.do('begin', action, other)).toMatchObject({ refused: 'wrong_account' })
  const read = ledger.do('openLease', { leaseId: 'read', account, class: 'background' })
  expect(read).toHaveProperty('opened')
  expect(ledger.do('begin', action, 'read')).toMatchObject({ refused: 'wrong_class' })
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.pass(POLICY.leaseMs.act.first)
  expect(
    ledger.do('complete', ledger.outcome(action, 1, lease), { ...live, platformId: newPlatformId() }),
  ).toMatchObject({ refused: 'lease_over' })
  ledger.end(lease)
  expect(ledger.do('begin', action, lease)).toMatchObject({ refused: 'lease_over' })
})

test('a pause and the kill switch stop what is fresh and nothing else', () => {
  using ledger = open()
  const [begun, waiting] = [actionFor(account), actionFor(account)]
  ledger.ask(begun)
  const until = ledger.now + 10 * MINUTE
  ledger.do('pause', account, { reason: 'rest', until, by: 'operator' })
  expect(ledger.ask(waiting)).toMatchObject({
    answer: 'refused',
    reason: 'paused',
    until: new Date(until).toISOString(),
  })
  ledger.do('killSwitch', { on: true, by: 'me', reason: 'fire' })
  expect(ledger.ask(waiting)).toMatchObject({ answer: 'refused', reason: 'kill_switch' })
  expect(ledger.ask(begun).answer).toBe('unknown')
})

test('the next revision is begun only after the earlier one is certain not to exist, and ends it', () => {
  using ledger = open()
  const first = actionFor(account)
  const second = { ...first, revision: 2, hash: Hash.parse(sha256('edited')) }
  const lease = ledger.lease(account)
  ledger.begin(first, lease)
  expect(ledger.begin(second, lease)).toMatchObject({ answer: 'refused', reason: 'hash_changed' })
  ledger.do('abort', ledger.outcome(first, 1, lease), 'nothing was sent')
  expect(ledger.begin(second, lease)).toEqual({ answer: 'fresh', attempt: 1 })
  expect(ledger.begin(first, lease)).toEqual({ answer: 'revoked' })
})

test('an account that is not configured gets nothing', () => {
  using ledger = open()
  expect(ledger.do('gate', { account: AccountId.parse('nobody'), class: 'act' })).toMatchObject({
    denied: 'unknown_account',
  })
})
