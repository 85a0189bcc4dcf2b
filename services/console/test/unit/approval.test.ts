import { Hash, newPostId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { approvalTrouble } from '../../src/decisions/approval.ts'

const now = new Date('2026-01-01T00:00:00.000Z')
const hash = Hash.parse('a'.repeat(64))
const post = {
  id: newPostId(),
  state: 'review',
  hash,
  approval: 'review',
  notAfter: '2026-01-02T00:00:00.000Z',
} as const

test('a post in review is approved as it was read', () => {
  expect(approvalTrouble(post, hash, now)).toBeUndefined()
})

test.each(['accepted', 'scheduled'] as const)('the repeat of an approval is taken while the post is %s', (state) => {
  expect(approvalTrouble({ ...post, state }, hash, now)).toBeUndefined()
})

test('another content, another state, no review or no time left is refused', () => {
  expect(approvalTrouble(post, 'b'.repeat(64), now)).toContain('another content')
  expect(approvalTrouble({ ...post, state: 'live' }, hash, now)).toContain('is live')
  expect(approvalTrouble({ ...post, state: 'cancelled' }, hash, now)).toContain('is cancelled')
  expect(approvalTrouble({ ...post, approval: 'auto', state: 'accepted' }, hash, now)).toContain('without review')
  expect(approvalTrouble({ ...post, notAfter: '2025-12-31T00:00:00.000Z' }, hash, now)).toContain('submit it anew')
})
