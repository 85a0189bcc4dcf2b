import { AccountId, type BeginAction, type PlatformId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { SECOND, TestLedger, WINDOW } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const settle = (
  ledger: TestLedger,
  { postId, segment }: BeginAction,
  platformId: PlatformId | null,
  lookedAt?: string,
) => {
  const publishedAt = new Date(ledger.now).toISOString()
  const live = platformId === null ? null : { platformId, url: `https://x.com/i/status/${platformId}`, publishedAt }
  return ledger.do('settle', { postId, segment, account, by: 'eve', live, lookedAt })
}
/** An action whose end nobody saw. */
const lost = (ledger: TestLedger): BeginAction => {
  const action = actionFor(account)
  ledger.ask(action)
  return action
}

test('what a person found is live, and is told like any other publication', () => {
  using ledger = open()
  const action = lost(ledger)
  const platformId = newPlatformId()
  expect(settle(ledger, action, platformId)).toEqual({ result: 'settled' })
  expect(ledger.said().at(-1)).toMatchObject({ type: 'post.segment_published', body: { platformId, source: 'audit' } })
  expect(ledger.ask(action)).toMatchObject({ answer: 'done', platformId })
})

test('what a person did not find after the settle window may be begun again', () => {
  using ledger = open()
  const action = lost(ledger)
  expect(settle(ledger, action, null)).toMatchObject({ result: 'refused' })
  ledger.pass(WINDOW + SECOND)
  expect(settle(ledger, action, null)).toEqual({ result: 'settled' })
  expect(ledger.said().at(-1)).toMatchObject({ type: 'post.segment_aborted' })
  expect(ledger.ask(action)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('what a person did not find before the end of the settle window is not believed later either', () => {
  using ledger = open()
  const action = lost(ledger)
  const lookedAt = new Date(ledger.now).toISOString()
  ledger.pass(WINDOW + SECOND)
  expect(settle(ledger, action, null, lookedAt)).toMatchObject({ result: 'refused' })
  // Nor a clock that is ahead.
  const later = new Date(ledger.now + WINDOW).toISOString()
  expect(settle(ledger, action, null, later)).toEqual({ result: 'settled' })
})

test('what was cancelled meanwhile is then cancelled', () => {
  using ledger = open()
  const action = lost(ledger)
  ledger.do('cancel', { postId: action.postId, account, by: 'eve', reason: 'no more' })
  ledger.pass(WINDOW + SECOND)
  settle(ledger, action, null)
  expect(ledger.said().at(-1)).toMatchObject({ type: 'post.cancelled' })
  expect(ledger.ask(action)).toEqual({ answer: 'revoked' })
})

test('nobody decides what the ledger knows, or what an action under way will come to', () => {
  using ledger = open()
  const [done, running, never] = [lost(ledger), actionFor(account), actionFor(account)]
  const platformId = newPlatformId()
  settle(ledger, done, platformId)
  ledger.begin(running, ledger.lease(account))
  for (const action of [done, running, never])
    for (const found of [newPlatformId(), null])
      expect(settle(ledger, action, found)).toMatchObject({ result: 'refused' })
})

test('an id that another segment has is not this one’s', () => {
  using ledger = open()
  const [action, other] = [lost(ledger), lost(ledger)]
  const platformId = newPlatformId()
  settle(ledger, other, platformId)
  expect(settle(ledger, action, platformId)).toMatchObject({ result: 'refused' })
})
