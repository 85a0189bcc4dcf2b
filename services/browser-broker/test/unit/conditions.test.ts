import { alertKey } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { browserLeak, platformAway, poolPressure } from '../../src/conditions.ts'

test('somebody who waits too long for a browser is told of, until nobody does', () => {
  const waiting: { receivedAt: number }[] = []
  const desk = {
    limits: { slots: 2 },
    holding: { held: [{}, {}] },
    line: { waiting, counts: { act: 1, interactive: 0, background: 0 } },
  } as unknown as Parameters<typeof poolPressure>[1]
  const { what } = poolPressure(0, desk, 120_000)
  expect(what()).toBeUndefined()
  waiting.push({ receivedAt: Date.now() - 119_000 })
  expect(what()).toBeUndefined()
  waiting.push({ receivedAt: Date.now() - 121_000 })
  expect(what()).toMatch(/1 requests wait for a browser of shard 0, the oldest for 121 s; 2 of 2 slots are taken/)
  waiting.length = 0
  expect(what()).toBeUndefined()
})

test('browsers that nothing accounts for are told of while there are any', () => {
  let leaking = 0
  const { what } = browserLeak(1, () => leaking)
  expect(what()).toBeUndefined()
  leaking = 3
  expect(what()).toContain('3 browser processes of shard 1')
  leaking = 0
  expect(what()).toBeUndefined()
})

test('that the platform cannot be reached is told with its place and the cause, while it is so', () => {
  const reach: { site: string; away: string | undefined } = { site: 'x.com:443', away: undefined }
  const { what, kind, subject } = platformAway(2, reach)
  expect(alertKey(kind, subject)).toBe('platform:away.x.2')
  expect(what()).toBeUndefined()
  reach.away = 'ECONNREFUSED'
  expect(what()).toBe('The browser-broker of shard 2 cannot reach x.com:443 (ECONNREFUSED).')
  reach.away = undefined
  expect(what()).toBeUndefined()
})
