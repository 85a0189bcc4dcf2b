/** Which of several things that are looked at again and again was so, and until when. */
export interface Lasting {
  /** @param now milliseconds @param wrong all that is so at this moment */
  look(wrong: readonly string[], now: number): void
  /** What was seen since the start, with the last moment of each in seconds after it: the longest first. */
  readonly lasted: Readonly<Record<string, number>>
  /** Since when nothing was so, in milliseconds; undefined while something is. */
  readonly quietSince: number | undefined
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10

export const createLasting = (start: number): Lasting => {
  const until = new Map<string, number>()
  let quietSince: number | undefined
  return {
    look(wrong, now) {
      for (const one of wrong) until.set(one, now)
      quietSince = wrong.length > 0 ? undefined : (quietSince ?? now)
    },
    get lasted() {
      const all = [...until].toSorted(([, a], [, b]) => b - a)
      return Object.fromEntries(all.map(([one, at]) => [one.slice(0, 120), seconds(at - start)]))
    },
    get quietSince() {
      return quietSince
    },
  }
}
