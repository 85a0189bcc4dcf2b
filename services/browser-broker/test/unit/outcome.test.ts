import { AccountId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const live = { url: 'https://x.com/i/status/1', publishedAt: BIRTH, source: 'response' } as const

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
