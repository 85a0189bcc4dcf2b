import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InHand, ackFrames } from '../../src/messaging/in-hand.ts'

const untilNextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

/** What RabbitMQ makes of frames: the tags that are acked. */
const broker = (delivered: number) => {
  const open = new Set(Array.from({ length: delivered }, (_, n) => n + 1))
  const frames: string[] = []
  return {
    open,
    frames,
    ack: (tag: number, allUpTo: boolean): void => {
      frames.push(allUpTo ? `..${tag}` : String(tag))
      if (!open.has(tag)) throw new Error(`PRECONDITION_FAILED - unknown delivery tag ${tag}`)
      for (const one of open) if (one === tag || (allUpTo && one < tag)) open.delete(one)
    },
  }
}

describe('deliveries in hand', () => {
  it('are acked with one frame when nothing older is open', () => {
    expect(ackFrames([3, 1, 2], 4)).toEqual({ upTo: 3, single: [] })
    expect(ackFrames([3, 1, 2], undefined)).toEqual({ upTo: 3, single: [] })
  })

  it('are acked one by one when something older is open', () => {
    expect(ackFrames([1, 3, 4], 2)).toEqual({ upTo: 1, single: [3, 4] })
    expect(ackFrames([3, 4], 2)).toEqual({ upTo: undefined, single: [3, 4] })
  })

  it('are never acked while they are in hand, whatever is acked or handed back in whichever order', async () => {
    const word = fc.record({ tag: fc.integer({ min: 1, max: 12 }), what: fc.constantFrom('ack', 'back', 'turn') })
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => {
        const { open, ack } = broker(12)
        const hand = new InHand(ack, () => {})
        const acked = new Set<number>()
        const left = new Set(open)
        for (const tag of open) hand.take(tag)
        for (const { tag, what } of words) {
          if (what === 'turn') await untilNextTurn()
          else if (what === 'ack') {
            hand.ack(tag)
            if (left.delete(tag)) acked.add(tag)
          } else if (hand.release(tag)) {
            left.delete(tag)
            open.delete(tag)
          }
        }
        await untilNextTurn()
        expect(open).toEqual(left)
      }),
    )
  })

  it('are acked at once when they are flushed, and told once a turn', async () => {
    const { frames, ack } = broker(3)
    const counts: number[] = []
    const hand = new InHand(ack, (count) => counts.push(count))
    for (const tag of [1, 2, 3]) hand.take(tag)
    hand.ack(2)
    hand.ack(1)
    hand.flush()
    expect(frames).toEqual(['..2'])
    await untilNextTurn()
    expect(counts).toEqual([1])
  })
})
