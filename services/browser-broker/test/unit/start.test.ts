import { AccountId, newId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { type Standing, UPKEEP } from '../../src/ledger/upkeep.ts'
import { actionFor } from '../support/fixtures.ts'
import { MINUTE, POLICY, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const care = (ledger: TestLedger) => ({ store: ledger.store, now: ledger.now, policy: POLICY })
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
/** Start it after an hour, hearing what the ledger of its shard said last. */
const start = (ledger: TestLedger, said: Standing | undefined): boolean => {
  ledger.pass(60 * MINUTE)
  const result = ledger.store.commit([() => UPKEEP.start(care(ledger), said)])[0]
  if (result === undefined || 'failed' in result) throw result?.failed
  return result.ok !== null
}

test('a ledger that is as far as it has said goes on', () => {
  using ledger = open()
  expect(start(ledger, UPKEEP.standing(care(ledger)))).toBe(false)
})

test('a ledger that wrote more than it could tell goes on', () => {
  using ledger = open()
  const said = UPKEEP.standing(care(ledger))
  ledger.ask(actionFor(account))
  expect(start(ledger, said)).toBe(false)
})

test.each<[string, (standing: Standing) => Standing | undefined]>([
  ['that has said more than it knows of', (s) => ({ ...s, seq: s.seq + 1 })],
  ['in whose place another one spoke', (s) => ({ ...s, id: newId(), seq: 0 })],
  ['of which nothing is kept', () => undefined],
])('a ledger %s begins anew, and asks about all that is older', (_, said) => {
  using ledger = open()
  const acceptedAt = new Date(ledger.now).toISOString()
  const [action, older] = [actionFor(account, { acceptedAt }), actionFor(account, { acceptedAt })]
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  expect(start(ledger, said(UPKEEP.standing(care(ledger))))).toBe(true)
  expect(ledger.ask(action)).toMatchObject({ answer: 'unknown' })
  expect(ledger.ask(older)).toMatchObject({ answer: 'unknown' })
})

test('a ledger that nobody has heard of yet has nothing to be behind of', () => {
  using ledger = new TestLedger()
  expect(start(ledger, undefined)).toBe(false)
})

test('a ledger that was lost keeps the kill switch as it was said last, and tells of it', () => {
  using ledger = open()
  const killSwitch = { on: true, by: 'eve', reason: 'fire' }
  start(ledger, { id: newId(), seq: 9, killSwitch })
  expect(UPKEEP.standing(care(ledger)).killSwitch).toEqual(killSwitch)
  expect(ledger.said().at(-1)).toMatchObject({ type: 'alert.raised', body: { key: 'kill_switch' } })
})

test('a restored ledger does not bring back a kill switch that was released since', () => {
  using ledger = open()
  ledger.do('killSwitch', { on: true, by: 'eve', reason: 'fire' })
  const { id, seq } = UPKEEP.standing(care(ledger))
  start(ledger, { id, seq: seq + 1, killSwitch: { on: false, by: 'eve', reason: 'out' } })
  expect(UPKEEP.standing(care(ledger)).killSwitch.on).toBe(false)
  expect(ledger.types().at(-1)).toBe('alert.cleared')
})
