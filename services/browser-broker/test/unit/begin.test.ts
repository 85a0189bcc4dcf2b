import {
  AccountId,
  type ApprovedPost,
  type BeginAction,
  Hash,
  sha256,
  submittedPostId,
} from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { HOUR } from '../../src/ledger/policy.ts'
import { BIRTH, MINUTE, POLICY, SECOND, TestLedger, WINDOW } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const live = { url: 'https://x.com/i/status/1', publishedAt: BIRTH, source: 'response' } as const

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

test('the settle window is counted from the moment the browser was seen gone, not from begin', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.pass(2 * MINUTE)
  ledger.end(lease)
  const answer = ledger.ask(action)
  expect(answer).toMatchObject({
    answer: 'unknown',
    attempt: 1,
    settledAt: new Date(ledger.now + WINDOW).toISOString(),
  })
})

test('while the browser may live, absence cannot count', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.do('unknown', ledger.outcome(action, 1, lease), 'no response')
  ledger.pass(2 * MINUTE)
  expect(ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)).toMatchObject({ answer: 'unknown' })
})

test('absence re-opens only by a reading that began after the window closed', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  const quiet = ledger.now
  ledger.pass(WINDOW + 10 * SECOND)
  const lease = ledger.lease(account)
  const absent = (began: number) => ledger.do('absent', ledger.outcome(action, 1, lease), began)
  expect(absent(quiet + WINDOW - 1)).toMatchObject({ answer: 'unknown' })
  expect(absent(quiet + WINDOW)).toMatchObject({ answer: 'unknown' })
  expect(absent(ledger.now + SECOND)).toMatchObject({ answer: 'unknown' })
  expect(absent(quiet + WINDOW + 1)).toEqual({ answer: 'fresh', attempt: 2 })
  expect(ledger.types().slice(-3)).toEqual(['post.segment_unknown', 'post.segment_aborted', 'post.segment_begun'])
})

test('what only a lost ledger may have begun is no attempt that failed: it has all of its own', () => {
  using ledger = open()
  const action = actionFor(account, { acceptedAt: new Date(BIRTH - SECOND).toISOString() })
  expect(ledger.ask(action)).toMatchObject({ answer: 'unknown', attempt: 1 })
  ledger.now = BIRTH + POLICY.leaseMs.act.most
  for (let attempt = 1; attempt <= POLICY.maxAbsences + 1; attempt++) {
    ledger.pass(WINDOW + SECOND)
    const lease = ledger.lease(account)
    const answer = ledger.do('absent', ledger.outcome(action, attempt, lease), ledger.now)
    ledger.end(lease)
    expect(answer).toMatchObject(
      attempt <= POLICY.maxAbsences
        ? { answer: 'fresh', attempt: attempt + 1 }
        : { answer: 'refused', reason: 'attempts_spent' },
    )
  }
})

test('re-opening is bounded', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  for (let attempt = 1; attempt <= POLICY.maxAbsences; attempt++) {
    ledger.pass(WINDOW + SECOND)
    const lease = ledger.lease(account)
    const answer = ledger.do('absent', ledger.outcome(action, attempt, lease), ledger.now)
    ledger.end(lease)
    expect(answer).toMatchObject(
      attempt < POLICY.maxAbsences
        ? { answer: 'fresh', attempt: attempt + 1 }
        : { answer: 'refused', reason: 'attempts_spent' },
    )
  }
})

test('abort is for the attempt in hand and its own lease only', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  expect(ledger.do('abort', ledger.outcome(action, 2, lease), 'no')).toMatchObject({ refused: 'abort_refused' })
  expect(ledger.do('abort', ledger.outcome(action, 1, lease), 'element missing')).toEqual({ told: true })
  expect(ledger.do('abort', ledger.outcome(action, 1, lease), 'element missing')).toEqual({ told: true })
  expect(ledger.begin(action, lease)).toEqual({ answer: 'fresh', attempt: 2 })
  expect(ledger.do('abort', ledger.outcome(action, 1, lease), 'late')).toMatchObject({ refused: 'abort_refused' })
})

test('what was called unknown cannot be called off any more', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.do('unknown', ledger.outcome(action, 1, lease), 'no response')
  expect(ledger.do('abort', ledger.outcome(action, 1, lease), 'sure after all')).toMatchObject({
    refused: 'abort_refused',
  })
})

test('an id that another action owns is not taken, and is listed as taken', () => {
  using ledger = open()
  const [one, two] = [actionFor(account), actionFor(account)]
  const lease = ledger.lease(account)
  const platformId = newPlatformId()
  ledger.begin(one, lease)
  ledger.do('complete', ledger.outcome(one, 1, lease), { ...live, platformId, publishedAt: ledger.now })
  ledger.begin(two, lease)
  expect(ledger.do('complete', ledger.outcome(two, 1, lease), { ...live, platformId })).toMatchObject({
    refused: 'id_taken',
  })
  expect(ledger.begin(two, lease)).toMatchObject({ answer: 'unknown', taken: [platformId] })
})

test('complete said twice says its fact once', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  const platformId = newPlatformId()
  for (let i = 0; i < 2; i++) ledger.do('complete', ledger.outcome(action, 1, lease), { ...live, platformId })
  expect(ledger.types().filter((type) => type === 'post.segment_published')).toHaveLength(1)
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

test('the same text on the same account waits for the duplicate window; the same post does not', () => {
  using ledger = open()
  const first = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(first, lease)
  ledger.do('complete', ledger.outcome(first, 1, lease), { ...live, platformId: newPlatformId() })
  const twin = actionFor(account, { textHash: first.textHash })
  const refused = ledger.begin(twin, lease)
  expect(refused).toMatchObject({
    answer: 'refused',
    reason: 'same_text',
    until: new Date(ledger.now + POLICY.sameTextWindowMs).toISOString(),
  })
  expect(refused).toHaveProperty('detail', expect.stringContaining(first.postId))
  const sameThread = { ...first, segments: 2, segment: 1 }
  expect(ledger.begin(sameThread, lease).answer).toBe('fresh')
  ledger.end(lease)
  ledger.pass(POLICY.sameTextWindowMs + 1)
  expect(ledger.ask({ ...twin, notAfter: new Date(ledger.now + MINUTE).toISOString() }).answer).toBe('fresh')
})

test('a post of images alone waits until another one on its account is settled: the platform cannot tell the two apart', () => {
  using ledger = open()
  const images = (): BeginAction => actionFor(account, { textHash: null })
  const [first, second] = [images(), images()]
  const lease = ledger.lease(account)
  ledger.begin(first, lease)
  expect(ledger.begin(second, lease)).toMatchObject({ answer: 'refused', reason: 'not_yet' })
  expect(ledger.begin(actionFor(account), lease)).toMatchObject({ answer: 'fresh' })
  ledger.do('complete', ledger.outcome(first, 1, lease), { ...live, platformId: newPlatformId() })
  expect(ledger.begin(second, lease)).toMatchObject({ answer: 'fresh' })
})

test('a post of images alone does not wait for one that is not looked for any more', () => {
  using ledger = open()
  const [first, second] = [actionFor(account, { textHash: null }), actionFor(account, { textHash: null })]
  ledger.ask(first)
  ledger.pass(POLICY.giveUpAfterMs - SECOND)
  expect(ledger.ask(second)).toMatchObject({ answer: 'refused', reason: 'not_yet' })
  ledger.pass(SECOND)
  expect(ledger.ask(second)).toMatchObject({ answer: 'fresh' })
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
