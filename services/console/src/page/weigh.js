/**
 * The weighted length of a text at X, near enough for every keystroke; the API says it exactly a moment later.
 * Ranges and weights: twitter-text's configuration v3 (a URL counts 23; Latin and most punctuation 1; the rest 2).
 */
const LIGHT = [
  [0, 4_351],
  [8_192, 8_205],
  [8_208, 8_223],
  [8_242, 8_247],
]
const URLS =
  /https?:\/\/\S+|(?<![\w@.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|app|co|ai|de|uk|eu|info|me)\b(?:\/\S*)?/giu
const URL_WEIGHT = 23

export const LIMIT = 280

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u

/** @param {string} grapheme */
const weight = (grapheme) => {
  if (EMOJI.test(grapheme) && !/^[\d#*]$/.test(grapheme)) return 2
  let total = 0
  for (const char of grapheme) {
    const code = char.codePointAt(0) ?? 0
    total += LIGHT.some(([from, to]) => code >= from && code <= to) ? 1 : 2
  }
  return total
}

/** @param {string} text */
export const weigh = (text) => {
  const normal = text.normalize('NFC')
  const urls = normal.match(URLS) ?? []
  const rest = normal.replace(URLS, '')
  return [...segmenter.segment(rest)].reduce((total, { segment }) => total + weight(segment), urls.length * URL_WEIGHT)
}
