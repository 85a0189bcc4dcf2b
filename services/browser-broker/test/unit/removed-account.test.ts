import { expect, test } from 'vitest'
import { UPKEEP } from '../../src/ledger/upkeep.ts'
import { actionFor } from '../support/fixtures.ts'
import { POLICY, TestLedger } from '../support/ledger.ts'

const sealed = Buffer.of(7)
const open = () => {
  const ledger = new TestLedger()
  const account = ledger.account('acme')
  const care = () => ({ store: ledger.store, now: ledger.now, policy: POLICY })
  const known = () => {
    const row = ledger.store.tables.account(account)
    if (row === null) throw new Error('the ledger does not know it')
    return row
  }
  return { ledger, account, care, known, [Symbol.dispose]: () => ledger[Symbol.dispose]() }
}

test('a removed account has no session, no lease and no place in the list; the record takes it as paused and answering nobody', () => {
  using world = open()
  const { ledger, account, care, known } = world
  const { config } = known()
  ledger.do('configure', { ...config, replies: { ...config.replies, enabled: true } })
  ledger.do('pause', account, { reason: 'a challenge', until: null, by: 'holder' })
  expect(ledger.do('remove', account, 'eve')).toEqual({ told: true })
  expect(UPKEEP.session(care(), account)).toBeNull()
  expect(UPKEEP.accounts(care())).toEqual([])
  for (const leaseClass of ['act', 'interactive', 'background'] as const)
    expect(ledger.do('gate', { account, class: leaseClass })).toMatchObject({ denied: 'unknown_account' })
  expect(ledger.said().slice(-3)).toMatchObject([
    { type: 'account.configured', body: { config: { id: account, replies: { enabled: false } } } },
    { type: 'account.paused', body: { account, reason: 'removed by eve', until: null } },
    { type: 'alert.cleared', body: { key: `account.paused.${account}` } },
  ])
  expect(ledger.do('resume', account, 'eve')).toMatchObject({ refused: 'unknown_account' })
})

test('what a holder hands back after its account was removed is not kept', () => {
  using world = open()
  world.ledger.do('remove', world.account, 'eve')
  UPKEEP.putSession(world.care(), world.account, sealed)
  expect(UPKEEP.session(world.care(), world.account)).toBeNull()
})

test('an account is not removed while it is not known what became of a create', () => {
  using world = open()
  const { ledger, account } = world
  ledger.begin(actionFor(account), ledger.lease(account))
  expect(ledger.do('remove', account, 'eve')).toMatchObject({ refused: 'in_flight' })
  expect(ledger.store.tables.hasSession(account)).toBe(true)
})

test('an account that was removed is added again, goes on with its fencing numbers, and has to be signed in anew', () => {
  using world = open()
  const { ledger, account, care, known } = world
  ledger.lease(account)
  const { config, fence } = known()
  ledger.do('remove', account, 'eve')
  ledger.do('configure', config)
  expect(ledger.said().at(-1)).toMatchObject({ type: 'account.resumed', body: { account } })
  expect(UPKEEP.accounts(care())).toMatchObject([{ paused: null, session: 'none' }])
  UPKEEP.putSession(care(), account, sealed)
  expect(ledger.do('openLease', { leaseId: 'next', account, class: 'act' })).toMatchObject({
    opened: { fence: fence + 1 },
  })
})
