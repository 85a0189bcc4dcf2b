/** Numbers that follow from a seed, so that a plan can be made again. */
export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number
  chance(probability: number): boolean
  /** @throws RangeError for an empty list */
  pick<T>(from: readonly T[]): T
  shuffled<T>(of: readonly T[]): T[]
  /** A stream of its own: what is drawn from it does not change what is drawn here. */
  fork(name: string): Random
}

/** 32-bit FNV-1a (draft-eastlake-fnv-17 §2): spreads seeds and names over the states of the generator. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, ample for a plan and the same on every machine. */
const mulberry32 = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const randomOf = (seed: number | string): Random => {
  const next = mulberry32(hash(`surepost ${seed}`))
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (from) => {
      const picked = from[int(0, from.length - 1)]
      if (picked === undefined) throw new RangeError('There is nothing to pick from.')
      return picked
    },
    shuffled: (of) => {
      const left = [...of]
      const taken: typeof left = []
      while (left.length > 0) taken.push(...left.splice(int(0, left.length - 1), 1))
      return taken
    },
    fork: (name) => randomOf(`${seed} ${name}`),
  }
}
