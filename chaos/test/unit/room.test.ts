import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { roomOf, type Place } from '../../src/run/room.ts'

const PLACES = 30

/** Whether something has come to its end by now, all that was ready having run. */
const isDone = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  void promise.then(() => (done = true))
  await vi.advanceTimersByTimeAsync(0)
  return done
}

describe('the room for what is under way', () => {
  const end = new AbortController()
  const ended = new Set<string>()
  let away = false
  const records = {
    ended: async (ids: readonly string[]) => {
      if (away) throw new Error('Postgres is away')
      return ids.filter((id) => ended.has(id))
    },
  }
  const fill = async () => {
    const room = roomOf(records, end.signal)
    const places: Place[] = []
    for (let n = 0; n < PLACES; n++) {
      const place = await room.take(end.signal)
      place.keepFor(String(n))
      places.push(place)
    }
    return { room, places, next: room.take(end.signal) }
  }
  beforeEach(() => {
    vi.useFakeTimers()
    ended.clear()
    away = false
  })
  afterEach(() => vi.useRealTimers())

  it('is full until a post has come to its end', async () => {
    const { next } = await fill()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await isDone(next)).toBe(false)
    ended.add('7')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await isDone(next)).toBe(true)
  })

  it('takes no outage of the database for an end', async () => {
    const { next } = await fill()
    ended.add('7')
    away = true
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await isDone(next)).toBe(false)
    away = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await isDone(next)).toBe(true)
  })

  it('is not held for ever by posts that wait', async () => {
    const { next } = await fill()
    await vi.advanceTimersByTimeAsync(190_000)
    expect(await isDone(next)).toBe(true)
  })

  it('has a place again for what was refused', async () => {
    const { places, next } = await fill()
    places[0]?.free()
    expect(await isDone(next)).toBe(true)
  })
})
