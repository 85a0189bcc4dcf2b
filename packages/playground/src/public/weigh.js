/** X's limit in weighted units. The server decides; this is for the ring. */
export const LIMIT = 280

const ADDRESS = /https?:\/\/\S+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|dev|io|app|co)\b(?:\/\S*)?/gi
const LIGHT = /[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]/
const EMOJI = /^\p{RGI_Emoji}$/v
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The weighted length of a text: CJK and emoji count two, every address 23. */
export const weigh = (text) => {
  let length = 0
  const rest = text.normalize('NFC').replace(ADDRESS, () => {
    length += 23
    return ''
  })
  for (const { segment } of letters.segment(rest)) {
    if (EMOJI.test(segment)) length += 2
    else for (const character of segment) length += LIGHT.test(character) ? 1 : 2
  }
  return length
}
