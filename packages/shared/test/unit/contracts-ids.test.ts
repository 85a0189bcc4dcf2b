import { describe, expect, it } from 'vitest'
import { newId } from '@surepost/shared/contracts'

describe('a new id', () => {
  it('is a UUIDv7, unlike all others, and sorts after those made before it, in the same millisecond too', () => {
    const ids = Array.from({ length: 5_000 }, newId)
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
    const [first = ''] = ids
    expect(Math.abs(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(60_000)
  })
})
