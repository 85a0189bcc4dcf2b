import { AccountId, type ApprovedPost, type BeginAction, submittedPostId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { HOUR } from '../../src/ledger/policy.ts'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, MINUTE, POLICY, SECOND, WINDOW, TestLedger } from '../support/ledger.ts'

const live = { url: 'https://x.com/i/status/1', publishedAt: BIRTH, source: 'response' } as const
const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}

const commandOf = (
  { postId, revision, hash, notAfter, acceptedAt }: BeginAction,
  dispatchedAt: number,
): ApprovedPost => ({
  postId,
  revision,
  hash,
  account,
  platform: 'x',
  content: { segments: [{ text: 'text', media: [] }] },
  notAfter,
  acceptedAt,
  dispatchedAt: new Date(dispatchedAt).toISOString(),
})

test('a post accepted before this ledger was born is asked about before it is created', () => {
  using ledger = open()
  const old = actionFor(account, { acceptedAt: new Date(BIRTH - MINUTE).toISOString() })
  const settled = BIRTH + POLICY.leaseMs.act.most + WINDOW
  const answer = ledger.ask(old)
  expect(answer).toMatchObject({
    answer: 'unknown',
    settledAt: new Date(settled).toISOString(),
    // An hour for repeats of its submission, of which this may be the last.
    firstBegunAt: new Date(BIRTH - MINUTE - HOUR).toISOString(),
  })
  ledger.now = settled + SECOND
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(old, 1, lease), ledger.now)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('a post that does not say how old it is may be older than any ledger: it is looked for first', () => {
  using ledger = open()
  ledger.pass(POLICY.leaseMs.act.most + WINDOW)
  const repeated = actionFor(account, { postId: submittedPostId('client', 'key') })
  const lease = ledger.lease(account)
  expect(ledger.begin(repeated, lease)).toMatchObject({ answer: 'unknown' })
  expect(ledger.do('absent', ledger.outcome(repeated, 1, lease), ledger.now)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('a post that is looked for waits while another one with its text is under way: what is found could be either', () => {
  using ledger = open()
  const first = actionFor(account)
  const repeated = actionFor(account, { postId: submittedPostId('client', 'key'), textHash: first.textHash })
  const lease = ledger.lease(account)
  ledger.begin(first, lease)
  expect(ledger.begin(repeated, lease)).toMatchObject({ answer: 'refused', reason: 'not_yet' })
  const platformId = newPlatformId()
  ledger.do('complete', ledger.outcome(first, 1, lease), { ...live, platformId })
  // Now that one is known, and not taken for it.
  expect(ledger.begin(repeated, lease)).toMatchObject({ answer: 'unknown', taken: [platformId] })
})

test('what is older than the ledger is created only by a command dispatched since: earlier ones may be called off', () => {
  using ledger = open()
  const older = actionFor(account, { acceptedAt: new Date(BIRTH - MINUTE).toISOString() })
  const dispatched = (at: number): BeginAction => ({ ...older, command: commandOf(older, at) })
  ledger.ask(dispatched(BIRTH - SECOND))
  ledger.pass(POLICY.leaseMs.act.most + WINDOW)
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(older, 1, lease), ledger.now)).toEqual({ answer: 'revoked' })
  expect(ledger.begin(dispatched(BIRTH - SECOND), lease)).toEqual({ answer: 'revoked' })
  expect(ledger.begin(dispatched(ledger.now), lease)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('a later dispatch of what is looked for stands for it when it is found absent', () => {
  using ledger = open()
  const older = actionFor(account, { acceptedAt: new Date(BIRTH - MINUTE).toISOString() })
  ledger.ask({ ...older, command: commandOf(older, BIRTH - SECOND) })
  ledger.ask({ ...older, command: commandOf(older, ledger.now) })
  ledger.ask({ ...older, command: commandOf(older, BIRTH - SECOND) })
  ledger.pass(POLICY.leaseMs.act.most + WINDOW)
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(older, 1, lease), ledger.now)).toEqual({ answer: 'fresh', attempt: 2 })
})
