import { AccountId, newId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
/** Ids of two messages, in the order in which they were sent. */
const messages = (): [string, string] => {
  const [first, second] = [newId(), newId()]
  return [first, second]
}
const isOn = (ledger: TestLedger): boolean => ledger.store.tables.ledger().killSwitch.on
const isPaused = (ledger: TestLedger): boolean => ledger.store.tables.account(account)?.pause !== null

test.each([true, false])(
  'a kill switch that was set to %s before the last word, and comes late, changes nothing',
  (late) => {
    using ledger = open()
    const [before, after] = messages()
    ledger.do('killSwitch', { on: !late, by: 'eve', reason: 'last', said: after })
    ledger.do('killSwitch', { on: late, by: 'eve', reason: 'late', said: before })
    expect(isOn(ledger)).toBe(!late)
    ledger.do('killSwitch', { on: late, by: 'eve', reason: 'newest', said: newId() })
    expect(isOn(ledger)).toBe(late)
  },
)

test('a pause that was said before the account was resumed, and comes late, does not pause it', () => {
  using ledger = open()
  const [before, after] = messages()
  ledger.do('resume', account, 'eve', after)
  ledger.do('pause', account, { reason: 'holiday', until: null, by: 'operator' }, before)
  expect(isPaused(ledger)).toBe(false)
})

test('a resume that was said before the account was paused, and comes late, does not resume it', () => {
  using ledger = open()
  const [before, after] = messages()
  ledger.do('pause', account, { reason: 'holiday', until: null, by: 'operator' }, after)
  ledger.do('resume', account, 'eve', before)
  expect(isPaused(ledger)).toBe(true)
})

test('what a holder says of its account is no word of an operator: it always counts', () => {
  using ledger = open()
  ledger.do('resume', account, 'eve', newId())
  ledger.do('pause', account, { reason: 'a challenge', until: null, by: 'holder' })
  expect(isPaused(ledger)).toBe(true)
})
