import { describe, expect, it } from 'vitest'
import { createAsked } from '../../src/handlers/asked.ts'

const MINUTE = 60_000

describe('a queue that work is asked for by', () => {
  it('is full while what was asked for waits in its queue for two minutes, by the age of its oldest', () => {
    let now = 0
    let depth: number | undefined
    const asked = createAsked({ of: () => depth }, () => now)
    for (const at of [0, 1, 2]) {
      now = at * MINUTE
      asked.sent('scraper.metrics')
    }
    now = 2.5 * MINUTE
    // One waits: the last one sent, half a minute ago. Two wait: the older of them for 1.5 minutes.
    const full = [0, 1, 2, 3].map((messages) => {
      depth = messages
      return [asked.ageMs('scraper.metrics') / MINUTE, asked.full('scraper.metrics') !== undefined]
    })
    expect(full).toEqual([
      [0, false],
      [0.5, false],
      [1.5, false],
      [2.5, true],
    ])
    depth = undefined
    expect(asked.full('scraper.metrics')).toBeUndefined()
  })
})
