/**
 * Work on items in order, at most `width` at a time. Once `stops` says so of a result nothing more is begun; what is
 * under way is waited for.
 *
 * @returns the results, and the items that were not begun, both in order
 */
export const inParallel = async <Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
  stops: (result: Result) => boolean,
): Promise<{ readonly results: readonly (readonly [Item, Result])[]; readonly left: readonly Item[] }> => {
  const results: (readonly [Item, Result])[] = []
  let next = 0
  let stopped = false
  const line = async (): Promise<void> => {
    for (let at = next++; at < items.length && !stopped; at = next++) {
      const item = items[at] as Item
      const result = await work(item)
      results[at] = [item, result]
      stopped ||= stops(result)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, line))
  const done = results.filter((result) => result !== undefined)
  const begun = new Set(done.map(([item]) => item))
  return { results: done, left: items.filter((item) => !begun.has(item)) }
}
