/** X's limit in weighted units. The server decides; this is for the ring. */
export const LIMIT = 280

const ADDRESS = /https?:\/\/\S+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|dev|io|app|co)\b(?:\/\S*)?/gi
// Code points that count one; the others count two (twitter-text, config v3).
// prettier-ignore
const LIGHT = [[0, 0x10ff], [0x2000, 0x200d], [0x2010, 0x201f], [0x2032, 0x2037]]
const EMOJI = /^\p{RGI_Emoji}$/v
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })

const isLight = (point) => LIGHT.some(([from, to]) => point >= from && point <= to)

/** The weighted length of a text: CJK and emoji count two, every address 23. */
export const weigh = (text) => {
  let length = 0
  const rest = text.normalize('NFC').replace(ADDRESS, () => {
    length += 23
    return ''
  })
  for (const { segment } of letters.segment(rest)) {
    if (EMOJI.test(segment)) length += 2
    else for (const character of segment) length += isLight(character.codePointAt(0)) ? 1 : 2
  }
  return length
}
