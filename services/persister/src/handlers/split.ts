import type { QueuedFact } from '@surepost/shared/messaging'

/** The most that goes to the database in one call: far below what gateways take (Supabase: 10 MB and more). */
const MAX_CALL_BYTES = 4 * 1024 * 1024

/** Id, type and punctuation around a fact's body; more than they ever are. */
const AROUND = 200

/** Facts with their places in the batch, so that outcomes find their way back. */
export type Piece = readonly { readonly place: number; readonly fact: QueuedFact }[]

/**
 * Cut a batch into pieces of at most `maxBytes` of JSON, in order. A fact that is larger by itself is a piece alone.
 */
export const piecesOf = (batch: readonly QueuedFact[], maxBytes = MAX_CALL_BYTES): readonly Piece[] => {
  const pieces: { place: number; fact: QueuedFact }[][] = []
  let bytes = Infinity
  for (const [place, fact] of batch.entries()) {
    const size = fact.bytes + AROUND
    if (bytes + size > maxBytes) {
      pieces.push([])
      bytes = 0
    }
    pieces.at(-1)?.push({ place, fact })
    bytes += size
  }
  return pieces
}

/** The two halves of a piece that holds a bad fact; empty when the piece is that fact. */
export const halvesOf = (piece: Piece): readonly Piece[] => {
  if (piece.length <= 1) return []
  const middle = Math.ceil(piece.length / 2)
  return [piece.slice(0, middle), piece.slice(middle)]
}
