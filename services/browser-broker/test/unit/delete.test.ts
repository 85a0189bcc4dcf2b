import { AccountId, type BeginAction, type Deletion, type PlatformId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { SECOND, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const publish = (ledger: TestLedger, action: BeginAction): PlatformId => {
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  const platformId = newPlatformId()
  const url = `https://x.com/i/status/${platformId}`
  ledger.do('complete', ledger.outcome(action, 1, lease), {
    platformId,
    url,
    publishedAt: ledger.now,
    source: 'response',
  })
  ledger.end(lease)
  return platformId
}
const deletionOf = ({ postId, segment }: BeginAction, platformId: PlatformId): Deletion => ({
  postId,
  segment,
  account,
  platformId,
  by: 'eve',
})

test('a deletion is written down with who asked for it before the platform is, and said when it is done', () => {
  using ledger = open()
  const action = actionFor(account)
  const deletion = deletionOf(action, publish(ledger, action))
  const lease = ledger.lease(account)
  expect(ledger.do('beginDelete', deletion, lease)).toEqual({ answer: 'go' })
  expect(ledger.said().at(-1)).toMatchObject({ type: 'post.segment_deleting', body: { by: 'eve' } })
  expect(ledger.do('endDelete', deletion, lease)).toEqual({ told: true })
  expect(ledger.said().at(-1)).toMatchObject({ type: 'post.segment_deleted' })
})

test('what is deleted is not deleted again, not said again, and never published again', () => {
  using ledger = open()
  const action = actionFor(account)
  const deletion = deletionOf(action, publish(ledger, action))
  const lease = ledger.lease(account)
  ledger.do('endDelete', deletion, lease)
  ledger.do('endDelete', deletion, lease)
  expect(ledger.do('beginDelete', deletion, lease)).toEqual({ answer: 'gone' })
  expect(ledger.types().filter((type) => type === 'post.segment_deleted')).toHaveLength(1)
  expect(ledger.begin(action, lease)).toMatchObject({ answer: 'done' })
})

test('an id that is another segment’s is not deleted', () => {
  using ledger = open()
  const [action, other] = [actionFor(account), actionFor(account)]
  const deletion = deletionOf(other, publish(ledger, action))
  const lease = ledger.lease(account)
  expect(ledger.do('beginDelete', deletion, lease)).toMatchObject({ refused: 'other_segment' })
  expect(ledger.do('endDelete', deletion, lease)).toMatchObject({ refused: 'other_segment' })
})

test('a segment that is older than what the ledger keeps can be deleted, and is then known to have been live', () => {
  using ledger = open()
  const action = actionFor(account)
  const deletion = deletionOf(action, newPlatformId())
  const lease = ledger.lease(account)
  expect(ledger.do('beginDelete', deletion, lease)).toEqual({ answer: 'go' })
  ledger.do('endDelete', deletion, lease)
  expect(ledger.begin(action, lease)).toMatchObject({ answer: 'done', platformId: deletion.platformId })
})

test('while everything is stopped, or the account rests, nothing is deleted', () => {
  using ledger = open()
  const action = actionFor(account)
  const deletion = deletionOf(action, publish(ledger, action))
  const lease = ledger.lease(account)
  ledger.do('killSwitch', { on: true, by: 'eve', reason: 'stop' })
  expect(ledger.do('beginDelete', deletion, lease)).toMatchObject({ answer: 'refused', reason: 'kill_switch' })
  ledger.do('killSwitch', { on: false, by: 'eve', reason: 'go on' })
  ledger.do('pause', account, { reason: 'rest', until: ledger.now + SECOND, by: 'operator' })
  expect(ledger.do('beginDelete', deletion, lease)).toMatchObject({ answer: 'refused', reason: 'paused' })
  ledger.pass(2 * SECOND)
  expect(ledger.do('beginDelete', deletion, lease)).toEqual({ answer: 'go' })
})

test('only the holder of a living lease that acts may delete', () => {
  using ledger = open()
  const action = actionFor(account)
  const deletion = deletionOf(action, publish(ledger, action))
  const lease = ledger.lease(account)
  ledger.end(lease)
  expect(ledger.do('beginDelete', deletion, lease)).toMatchObject({ refused: 'lease_over' })
  expect(ledger.do('endDelete', deletion, lease)).toMatchObject({ refused: 'lease_over' })
})
