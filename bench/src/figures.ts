/** The value below which `share` (0 to 1) of the values lie; 0 without values. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** How long each of `count` runs of `work` took, `atOnce` of them at a time. Milliseconds. */
export const timed = async (
  count: number,
  atOnce: number,
  work: (worker: number) => Promise<void>,
): Promise<{ readonly eachMs: readonly number[]; readonly perSecond: number }> => {
  const eachMs: number[] = []
  let left = count
  const worker = async (_: unknown, index: number): Promise<void> => {
    while ((left -= 1) >= 0) {
      const began = performance.now()
      await work(index)
      eachMs.push(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { eachMs, perSecond: count / ((performance.now() - began) / 1_000) }
}
