/** X's epoch, 2010-11-04 01:42:54.657 UTC, from its open-sourced Snowflake. */
const EPOCH_MS = 1_288_834_974_657

/** Ids like X's: 19 digits, the milliseconds since X's epoch above 22 bits, always greater than the one before. */
export const snowflakes = (): ((at: Date) => string) => {
  let last = 0n
  return (at) => {
    const timed = BigInt(at.getTime() - EPOCH_MS) << 22n
    last = timed > last ? timed : last + 1n
    return last.toString()
  }
}
