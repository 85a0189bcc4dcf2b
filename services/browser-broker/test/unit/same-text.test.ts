import { AccountId, type BeginAction } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, MINUTE, POLICY, SECOND, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const live = { url: 'https://x.com/i/status/1', publishedAt: BIRTH, source: 'response' } as const

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
