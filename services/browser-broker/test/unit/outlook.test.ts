import { AccountId, type LeaseClass } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { decideYield, estimateWait } from '../../src/leases/outlook.ts'
import type { Held, Waiting } from '../../src/leases/table.ts'

const NOW = 1_000_000
const limits = {
  slots: 3,
  mostBackground: Infinity,
  readsPerAccount: { alone: 2, besideAct: 1 },
  interactiveHeadStartMs: 15_000,
  meanMs: { act: 20_000, interactive: 10_000, background: 10_000 },
  yieldAfterMs: 5_000,
}
const waiting = (account: string, leaseClass: LeaseClass, receivedAt = NOW - 6_000): Waiting => ({
  requestId: `request of ${account}`,
  account: AccountId.parse(account),
  class: leaseClass,
  startBy: NOW + 60_000,
  receivedAt,
})
const held = (account: string, leaseClass: LeaseClass, grantedAt = NOW - 4_000): Held => ({
  leaseId: `lease of ${account}`,
  account: AccountId.parse(account),
  class: leaseClass,
  state: 'active',
  grantedAt,
  expiresAt: NOW + 100_000,
})
const yielding = (line: Waiting[], leases: Held[], asked: string[] = []) =>
  decideYield({ waiting: line, held: leases }, new Set(asked), NOW, limits)

const full = [held('a', 'background', NOW - 9_000), held('b', 'background', NOW - 3_000), held('c', 'act')]

test('the youngest background lease is asked to end when publishing has waited for a slot', () => {
  expect(yielding([waiting('d', 'act')], full)).toEqual({ leaseIds: ['lease of b'], decideAgainAt: null })
  expect(yielding([waiting('d', 'act')], full, ['lease of b']).leaseIds).toEqual([])
  expect(yielding([waiting('d', 'act'), waiting('e', 'act')], full, ['lease of b']).leaseIds).toEqual(['lease of a'])
})

test('nobody is asked for a request that is new, reads, or waits for its own account', () => {
  expect(yielding([waiting('d', 'act', NOW - 1_000)], full)).toEqual({ leaseIds: [], decideAgainAt: NOW + 4_000 })
  expect(yielding([waiting('d', 'interactive')], full).leaseIds).toEqual([])
  expect(yielding([waiting('c', 'act')], full).leaseIds).toEqual([])
})

test('an estimate is 0 with a free slot, the next end with a full pool, and none when it would be refused', () => {
  const estimate = (leaseClass: LeaseClass, line: Waiting[], leases: Held[], more = {}) =>
    estimateWait({ waiting: line, held: leases }, leaseClass, NOW, { ...limits, ...more })
  expect(estimate('act', [], [])).toBe(0)
  expect(estimate('act', [], full)).toBe(1_000)
  expect(estimate('background', [waiting('d', 'background'), waiting('e', 'background')], full)).toBe(10_000)
  expect(estimate('background', [], [], { mostBackground: 0 })).toBeNull()
})
