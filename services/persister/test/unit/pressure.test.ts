import { describe, expect, it } from 'vitest'
import { createPressure } from '../../src/handlers/pressure.ts'

const told = (shard: number, background: number, slots = 3) => ({
  id: '019ab000-0000-7000-8000-000000000000',
  type: 'pool.pressure',
  body: {
    at: '2026-11-25T12:00:00.000Z',
    shard,
    slots,
    free: 0,
    active: slots,
    waiting: { act: 0, interactive: 0, background },
    oldestWaitMs: 1_000,
  },
})

describe('the pressure of the browser-brokers', () => {
  it('holds back while more wait in line than browsers can take soon, and says how many', () => {
    const pressure = createPressure(() => 0)
    expect(pressure.full()).toBeUndefined()
    pressure.hear(told(0, 5))
    expect(pressure.full()).toBeUndefined()
    pressure.hear(told(0, 6))
    expect(pressure.full()).toBe('the browser-broker is full: 6 readings wait in line for a browser')
  })

  it('does not hold back as long as one shard has room', () => {
    const pressure = createPressure(() => 0)
    pressure.hear(told(0, 60))
    pressure.hear(told(1, 0))
    expect(pressure.full()).toBeUndefined()
  })

  it('believes nothing that is old, and hears nothing else', () => {
    let now = 0
    const pressure = createPressure(() => now)
    pressure.hear(told(0, 60))
    pressure.hear({ id: 'x', type: 'job.ran', body: {} })
    pressure.hear({ id: 'x', type: 'pool.pressure', body: { nonsense: true } })
    expect(pressure.full()).toBeDefined()
    now = 20_000
    expect(pressure.full()).toBeUndefined()
  })
})
