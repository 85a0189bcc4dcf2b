/** A text as its words: lower case, without handles, punctuation and accents. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/@\w+/g, ' ')
    .match(/[\p{L}\p{N}]+/gu) ?? []

const plain = (text: string): string => ` ${wordsOf(text).join(' ')} `

/** The first of these words or phrases that a text has, as whole words; in scripts without spaces, anywhere. */
export const wordIn = (text: string, words: readonly string[]): string | undefined => {
  const shown = plain(text)
  return words.find((word) => {
    const wanted = plain(word)
    if (wanted.trim() === '') return false
    return (
      shown.includes(wanted) ||
      (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word) &&
        shown.includes(wanted.trim()))
    )
  })
}

const pairsOf = (words: readonly string[]): ReadonlySet<string> =>
  new Set(words.length < 2 ? words : words.slice(1).map((word, n) => `${words[n] ?? ''} ${word}`))

/** How alike two texts are, 0 to 1: the pairs of neighbouring words that both have, of all that either has. */
export const likeness = (one: string, other: string): number => {
  const [a, b] = [pairsOf(wordsOf(one)), pairsOf(wordsOf(other))]
  if (a.size === 0 || b.size === 0) return a.size === b.size ? 1 : 0
  const both = [...a].filter((pair) => b.has(pair)).length
  return both / (a.size + b.size - both)
}

/** Whether a text repeats so many words of another in a row. */
export const repeats = (text: string, source: string, run: number): boolean => {
  const words = wordsOf(text)
  const from = plain(source)
  return words.some((_, n) => n + run <= words.length && from.includes(` ${words.slice(n, n + run).join(' ')} `))
}
