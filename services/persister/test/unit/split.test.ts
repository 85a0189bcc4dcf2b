import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Piece, halvesOf, piecesOf } from '../../src/handlers/split.ts'

const fact = (id: number, bytes = 0) => ({ id: String(id), type: 'post.failed', body: {}, sentAt: new Date(0), bytes })
const batch = (n: number) => Array.from({ length: n }, (_, i) => fact(i))
const places = (pieces: readonly Piece[]): number[] => pieces.flatMap((piece) => piece.map(({ place }) => place))

describe('cutting a batch', () => {
  it('leaves a small batch whole', () => {
    expect(piecesOf(batch(3))).toHaveLength(1)
  })

  it('keeps every fact once and in order, whatever the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500)), fc.integer({ min: 1, max: 2_000 }), (sizes, limit) => {
        const facts = sizes.map((size, i) => fact(i, size))
        expect(places(piecesOf(facts, limit))).toEqual(sizes.map((_, i) => i))
      }),
    )
  })

  it('keeps each piece under the limit, but for a fact that is larger by itself', () => {
    const facts = [fact(0, 30), fact(1, 30), fact(2, 900), fact(3)]
    expect(piecesOf(facts, 500).map((piece) => piece.map(({ place }) => place))).toEqual([[0, 1], [2], [3]])
  })

  it('cuts nothing out of nothing', () => {
    expect(piecesOf([])).toEqual([])
  })
})

describe('halving a piece', () => {
  it('ends at the single fact', () => {
    const [piece] = piecesOf(batch(1))
    expect(halvesOf(piece ?? [])).toEqual([])
  })

  it('finds one bad fact among a thousand in about twice ten calls', () => {
    const isBad = 617
    let calls = 0
    const found: number[] = []
    const open = [...piecesOf(batch(1_000))]
    for (let piece = open.pop(); piece !== undefined; piece = open.pop()) {
      calls += 1
      if (!piece.some(({ place }) => place === isBad)) continue
      if (piece.length === 1) found.push(isBad)
      open.push(...halvesOf(piece))
    }
    expect(found).toEqual([isBad])
    expect(calls).toBeLessThanOrEqual(21)
  })

  it('loses no fact', () => {
    const [piece = []] = piecesOf(batch(7))
    expect(places(halvesOf(piece))).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})
