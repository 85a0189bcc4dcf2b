import { describe, expect, it } from 'vitest'
import { PlatformId, type Mention } from '@surepost/shared/contracts'
import { whyNot } from '../../src/eligibility.ts'

const now = new Date('2026-01-02T12:00:00.000Z')
const mention = (more: Partial<Mention> = {}): Mention => ({
  platformId: PlatformId.parse('1900000000000000001'),
  author: 'bob',
  text: '@ada does it run on Debian?',
  inReplyTo: null,
  createdAt: '2026-01-02T11:00:00.000Z',
  url: 'https://x.com/bob/status/1900000000000000001',
  ...more,
})

const why = (asked: Mention, authorIsOurs = false): string | null =>
  whyNot({ mention: asked, handle: 'ada', authorIsOurs }, now)

describe('a mention', () => {
  it('that is fresh and asks something is answered', () => {
    expect(why(mention())).toBeNull()
  })
  it('of our own is not', () => {
    expect(why(mention({ author: 'Ada' }))).toBe('ourselves')
  })
  it.each(['@ada STOP', 'please stop.', '@ada unsubscribe', 'Arrêtez !', 'basta', 'стоп', 'やめて', '@ada opt-out'])(
    'that says %j is not',
    (text) => {
      expect(why(mention({ text }))).toBe('opted_out')
    },
  )
  it.each(['nonstop fun', 'stopwatch?', 'es para ti'])('that says %j has not opted out', (text) => {
    expect(why(mention({ text }))).toBeNull()
  })
  it('of another account of ours is not: the two would answer each other for ever', () => {
    expect(why(mention(), true)).toBe('own_account')
  })
  it('that is older than two days is not', () => {
    expect(why(mention({ createdAt: '2025-12-31T11:59:59.000Z' }))).toBe('stale')
  })
  it('that holds nothing but handles is not', () => {
    expect(why(mention({ text: '@ada @bob' }))).toBe('nothing_to_answer')
  })
})
