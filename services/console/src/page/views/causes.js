/** Ids, numbers and quoted words differ from letter to letter; their cause is the same. @param {string} reason */
export const causeOf = (reason) =>
  reason
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '…')
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\d+(?:\.\d+)?/g, '…')
    .slice(0, 240)

/**
 * Letters by queue and cause, the most numerous first.
 * @param {any[]} letters
 * @returns {{ key: string, queue: string, cause: string, letters: any[], since: string | null, last: string | null }[]}
 */
export const groupsOf = (letters) => {
  const groups = Map.groupBy(letters, ({ queue, type, reason }) => JSON.stringify([queue, type, causeOf(reason)]))
  return [...groups]
    .map(([key, all]) => {
      const times = all.map(({ at }) => at).filter((at) => at !== null)
      times.sort()
      const [{ queue, reason }] = all
      return { key, queue, cause: reason, letters: all, since: times[0] ?? null, last: times.at(-1) ?? null }
    })
    .sort((a, b) => b.letters.length - a.letters.length)
}
