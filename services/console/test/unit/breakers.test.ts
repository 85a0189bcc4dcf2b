import { expect, test } from 'vitest'
import { breakersOf } from '../../src/decisions/breakers.ts'

const told = (key: string, active: boolean, raised: string | null, cleared: string | null) => ({
  key,
  sentence: `${key} failed`,
  raised_at: raised,
  cleared_at: cleared,
  active,
})

test('a breaker is open while its alert stands, and closed since it was cleared; open ones come first', () => {
  const alerts = [
    told('breaker.x', false, '2026-01-01T00:00:00.000Z', '2026-01-01T00:05:00.000Z'),
    told('breaker.x/grace', true, '2026-01-01T00:01:00.000Z', null),
    told('breaker.never', false, null, null),
  ]
  expect(breakersOf(alerts)).toEqual([
    { name: 'x/grace', state: 'open', since: '2026-01-01T00:01:00.000Z', sentence: 'breaker.x/grace failed' },
    { name: 'x', state: 'closed', since: '2026-01-01T00:05:00.000Z', sentence: null },
  ])
})
