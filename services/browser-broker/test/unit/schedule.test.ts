import { AccountId, type LeaseClass } from '@surepost/shared/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Limits, capacity, decideGrants } from '../../src/leases/schedule.ts'
import { type Held, LEASE_TRANSITIONS, type Waiting } from '../../src/leases/table.ts'

const NOW = 1_000_000
const limits: Limits = {
  slots: 3,
  mostBackground: Infinity,
  readsPerAccount: { alone: 2, besideAct: 1 },
  interactiveHeadStartMs: 15_000,
  meanMs: { act: 20_000, interactive: 10_000, background: 10_000 },
}
let n = 0
const waiting = (account: string, leaseClass: LeaseClass, more: Partial<Waiting> = {}): Waiting => ({
  requestId: `request-${String((n += 1)).padStart(5, '0')}`,
  account: AccountId.parse(account),
  class: leaseClass,
  startBy: NOW + 60_000,
  receivedAt: NOW - 1_000,
  ...more,
})
const held = (account: string, leaseClass: LeaseClass, state: Held['state'] = 'active'): Held => ({
  leaseId: `lease-${(n += 1)}`,
  account: AccountId.parse(account),
  class: leaseClass,
  state,
  grantedAt: NOW - 5_000,
  expiresAt: NOW + 100_000,
})
const granted = (table: { waiting: Waiting[]; held?: Held[] }, more: Partial<Limits> = {}): string[] => {
  const accountOf = new Map(table.waiting.map((r) => [r.requestId, `${r.class} ${r.account}`]))
  const { grants } = decideGrants({ held: [], ...table }, NOW, { ...limits, ...more })
  return grants.map((id) => accountOf.get(id) ?? '')
}

test('one slot is always kept from reading', () => {
  const reads = ['a', 'b', 'c', 'd'].map((account) => waiting(account, 'background'))
  expect(granted({ waiting: reads })).toEqual(['background a', 'background b'])
  expect(granted({ waiting: reads }, { slots: 2 })).toEqual(['background a'])
  expect(granted({ waiting: [waiting('e', 'act')], held: [held('a', 'background'), held('b', 'background')] })).toEqual(
    ['act e'],
  )
})

test('with three slots or more, one is kept for reading', () => {
  const acts = ['a', 'b', 'c'].map((account) => waiting(account, 'act'))
  expect(granted({ waiting: acts })).toEqual(['act a', 'act b'])
  expect(granted({ waiting: acts }, { slots: 2 })).toEqual(['act a', 'act b'])
})

test('publishing goes first, in the order of startBy', () => {
  const table = [
    waiting('a', 'background'),
    waiting('b', 'act', { startBy: NOW + 9_000 }),
    waiting('c', 'act', { startBy: NOW + 5_000 }),
  ]
  expect(granted({ waiting: table })).toEqual(['act c', 'act b', 'background a'])
})

test('an account has one act lease at a time, until its browser was seen gone', () => {
  expect(granted({ waiting: [waiting('a', 'act'), waiting('a', 'act')] })).toEqual(['act a'])
  for (const state of ['offered', 'active', 'closing'] as const)
    expect(granted({ waiting: [waiting('a', 'act')], held: [held('a', 'act', state)] })).toEqual([])
})

test('reads of an account are few, and fewer beside its publishing', () => {
  const reads = [1, 2, 3].map(() => waiting('a', 'background'))
  expect(granted({ waiting: reads }, { slots: 10 })).toEqual(['background a', 'background a'])
  expect(granted({ waiting: reads, held: [held('a', 'act')] }, { slots: 10 })).toEqual(['background a'])
})

test('a person waits less than background reads, but no read is starved', () => {
  const young = waiting('a', 'interactive', { receivedAt: NOW - 1_000 })
  const old = waiting('b', 'background', { receivedAt: NOW - 10_000 })
  const ancient = waiting('c', 'background', { receivedAt: NOW - 20_000 })
  expect(granted({ waiting: [young, old] }, { slots: 2 })).toEqual(['interactive a'])
  expect(granted({ waiting: [young, ancient] }, { slots: 2 })).toEqual(['background c'])
})

test('whoever cannot be served by startBy is told when to ask again, at once', () => {
  const soon = { startBy: NOW + 10_000 }
  const { refusals } = decideGrants({ waiting: [waiting('a', 'act', soon)], held: [held('a', 'act')] }, NOW, limits)
  expect(refusals).toMatchObject([{ reason: 'account_busy', retryAt: NOW + 15_000 }])
  const line = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((account) =>
    waiting(account, 'background', { startBy: NOW + 15_000 }),
  )
  const full = decideGrants({ waiting: line, held: [held('y', 'background'), held('z', 'background')] }, NOW, limits)
  expect(full.refusals.map((r) => r.reason)).toEqual(['pressure', 'pressure', 'pressure'])
})

test('a request is withdrawn at its startBy, and the next moment to decide is named', () => {
  const table = {
    waiting: [waiting('a', 'act', { startBy: NOW }), waiting('a', 'act', { startBy: NOW + 30_000 })],
    held: [held('a', 'act')],
  }
  const { refusals, decideAgainAt } = decideGrants(table, NOW, limits)
  expect(refusals).toMatchObject([{ reason: 'account_busy' }])
  expect(decideAgainAt).toBe(NOW + 30_000)
})

test('under pressure background reads go one at a time, or not at all; nobody else waits for it', () => {
  const table = {
    waiting: [waiting('a', 'background'), waiting('b', 'background'), waiting('c', 'interactive'), waiting('d', 'act')],
  }
  const wide = { slots: 10 }
  expect(granted(table, { ...wide, mostBackground: 1 })).toEqual(['act d', 'interactive c', 'background a'])
  expect(granted(table, { ...wide, mostBackground: 0 })).toEqual(['act d', 'interactive c'])
  const { refusals } = decideGrants({ ...table, held: [] }, NOW, { ...limits, ...wide, mostBackground: 0 })
  expect(refusals.map(({ reason, retryAt }) => [reason, retryAt])).toEqual([
    ['pressure', NOW + 15_000],
    ['pressure', NOW + 15_000],
  ])
})

test('while the platform cannot be reached nobody gets a browser, and those who wait are told to come back, one after the other', () => {
  const table = { waiting: [waiting('a', 'act'), waiting('b', 'interactive'), waiting('c', 'background')], held: [] }
  const { grants, refusals } = decideGrants(table, NOW, { ...limits, platformAway: 'ECONNREFUSED' })
  expect(grants).toEqual([])
  expect(new Set(refusals.map(({ requestId }) => requestId)).size).toBe(3)
  expect(refusals.map(({ reason, retryAt }) => [reason, retryAt])).toEqual([
    ['platform_away', NOW + 5_000],
    ['platform_away', NOW + 5_100],
    ['platform_away', NOW + 5_200],
  ])
  expect(refusals[0]?.detail).toContain('ECONNREFUSED')
})

const requests = fc.array(
  fc.record({
    account: fc.constantFrom('a', 'b', 'c', 'd'),
    class: fc.constantFrom<LeaseClass>('act', 'interactive', 'background'),
    startIn: fc.integer({ min: -5_000, max: 120_000 }),
    age: fc.integer({ min: 0, max: 60_000 }),
  }),
  { maxLength: 40 },
)

test('any table: no slot twice, no account twice, publishing never blocked by reads, nobody forgotten', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), requests, requests, (slots, wanted, taken) => {
      const line = wanted.map((r) => waiting(r.account, r.class, { startBy: NOW + r.startIn, receivedAt: NOW - r.age }))
      const before: Held[] = []
      for (const { account, class: leaseClass } of taken) {
        const possible = decideGrants({ waiting: [waiting(account, leaseClass)], held: before }, NOW, {
          ...limits,
          slots,
        })
        if (possible.grants.length > 0) before.push(held(account, leaseClass))
      }
      const { grants, refusals, decideAgainAt } = decideGrants({ waiting: line, held: before }, NOW, {
        ...limits,
        slots,
      })
      const chosen = line.filter((r) => grants.includes(r.requestId))
      const all = [...before, ...chosen]
      expect(all.length).toBeLessThanOrEqual(slots)
      const reads = all.filter((l) => l.class !== 'act').length
      expect(reads).toBeLessThanOrEqual(capacity(slots).reads)
      const acting = all.filter((l) => l.class === 'act').map((l) => l.account)
      expect(new Set(acting).size).toBe(acting.length)
      expect(chosen.every((r) => r.startBy > NOW)).toBe(true)
      const refused = refusals.map((r) => r.requestId)
      expect(grants.filter((id) => refused.includes(id))).toEqual([])
      for (const { requestId, startBy } of line) {
        const known = grants.includes(requestId) || refused.includes(requestId)
        if (!known) expect(decideAgainAt).toBeLessThanOrEqual(startBy)
      }
      const actWaits = line.some(
        (r) => r.class === 'act' && r.startBy > NOW && !grants.includes(r.requestId) && !acting.includes(r.account),
      )
      if (actWaits) expect(acting.length === capacity(slots).act || all.length === slots).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('a lease comes back only through the observed end of its browser, or once that was seen empty', () => {
  const intoClosed = Object.entries(LEASE_TRANSITIONS).flatMap(([from, events]) =>
    Object.entries(events).flatMap(([event, to]) => (to === 'closed' ? [`${from} ${event}`] : [])),
  )
  expect(intoClosed).toEqual(['closing gone', 'closing kept'])
})
