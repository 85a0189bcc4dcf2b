import { describe, expect, it } from 'vitest'
import { createFaults } from '../../src/faults/faults.ts'

const somebody = { handle: 'Anna', matching: '/anna/status/1' }

describe('faults on demand', () => {
  it('strike as often as was asked for, and then no more', () => {
    const faults = createFaults(() => 0)
    faults.add({ kind: 'rate_limit', count: 2 })
    expect([1, 2, 3].map(() => faults.strike('create', somebody).length)).toEqual([1, 1, 0])
    expect(faults.list()).toEqual([])
  })

  it('strike for ever without a count, until they are cleared', () => {
    const faults = createFaults(() => 0)
    faults.add({ kind: 'page_error' })
    for (let n = 0; n < 5; n += 1) expect(faults.strike('page', somebody)).toHaveLength(1)
    expect(faults.list()).toMatchObject([{ kind: 'page_error', left: null, struck: 5 }])
    faults.clear()
    expect(faults.strike('page', somebody)).toEqual([])
  })

  it('strike only where they belong, whom they name and what they match', () => {
    const faults = createFaults(() => 0)
    faults.add({ kind: 'signed_out', handle: 'anna', matching: '/status/' })
    expect(faults.strike('create', somebody)).toEqual([])
    expect(faults.strike('page', { ...somebody, handle: 'bert' })).toEqual([])
    expect(faults.strike('page', { ...somebody, handle: undefined })).toEqual([])
    expect(faults.strike('page', { ...somebody, matching: '/home' })).toEqual([])
    expect(faults.strike('page', somebody)).toHaveLength(1)
  })

  it('strike by chance, and are not spent when they miss', () => {
    const chances = [0.9, 0.1]
    const faults = createFaults(() => chances.shift() ?? 1)
    faults.add({ kind: 'page_error', probability: 0.3, count: 1 })
    expect(faults.strike('page', somebody)).toEqual([])
    expect(faults.strike('page', somebody)).toHaveLength(1)
    expect(faults.strike('page', somebody)).toEqual([])
  })

  it('strike together, in the order in which they were asked for', () => {
    const faults = createFaults(() => 0)
    faults.add({ kind: 'delay', delayMs: 250 })
    faults.add({ kind: 'drop_response_after_create', count: 1 })
    expect(faults.strike('create', somebody)).toEqual([
      { effect: { does: 'wait' }, delayMs: 250 },
      { effect: { does: 'cut', when: 'after' }, delayMs: 0 },
    ])
  })
})
