import { describe, expect, it } from 'vitest'
import type { PlannedFault, PlannedMention } from '../../src/plan/types.ts'
import { paceOf } from '../../src/run/pace.ts'

const fault = (n: number, at: number): PlannedFault => ({
  n,
  at,
  kind: 'k',
  target: null,
  group: 'g',
  holdMs: 0,
  inFlight: true,
})

const work = (n: number, at: number): PlannedMention => ({
  kind: 'mention',
  n,
  at,
  account: 'ada',
  bot: 'b',
  text: 't',
})

/** Whether something has come to its end by now, all that was ready having run. */
const isDone = async (promise: Promise<void>): Promise<boolean> => {
  let done = false
  void promise.then(() => (done = true))
  await new Promise((resolve) => setImmediate(resolve))
  return done
}

describe('the pace', () => {
  it('lets work go that is not far ahead of the faults, and all of it where there are none', async () => {
    const never = new AbortController().signal
    expect(await isDone(paceOf([fault(1, 50_000)], []).allowsWork(60_000, never))).toBe(true)
    expect(await isDone(paceOf([], []).allowsWork(1_000_000, never))).toBe(true)
  })

  it('holds work back until the faults before it have begun', async () => {
    const [first, second] = [fault(1, 10_000), fault(2, 60_000)]
    const pace = paceOf([first, second], [])
    const held = pace.allowsWork(90_000, new AbortController().signal)
    expect(await isDone(held)).toBe(false)
    pace.begun(second)
    expect(await isDone(held)).toBe(false)
    pace.begun(first)
    expect(await isDone(held)).toBe(true)
  })

  it('holds faults back until the work before them was given', async () => {
    const [first, second] = [work(1, 10_000), work(2, 60_000)]
    const pace = paceOf([], [first, second])
    const held = pace.allowsFault(90_000, new AbortController().signal)
    expect(await isDone(pace.allowsFault(29_000, new AbortController().signal))).toBe(true)
    pace.given(second)
    expect(await isDone(held)).toBe(false)
    pace.given(first)
    expect(await isDone(held)).toBe(true)
  })

  it('holds nothing back when the run ends', async () => {
    const end = new AbortController()
    const held = paceOf([fault(1, 0)], []).allowsWork(90_000, end.signal)
    expect(await isDone(held)).toBe(false)
    end.abort()
    expect(await isDone(held)).toBe(true)
  })
})
