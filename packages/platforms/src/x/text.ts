import { Hash, sha256 } from '@surepost/shared/contracts'
import twitter from 'twitter-text'

/** A piece of a text: words, or one address. `elided` when only its beginning is shown. */
type Piece = { readonly kind: 'words' | 'address'; readonly value: string; readonly elided: boolean }

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
}

// Left out by the platform or by its fonts without a trace: control characters, soft hyphen, zero-width space, word
// joiners, bidirectional marks, byte order mark, and the variation selectors, which an emoji image's `alt` may lack.
const UNSEEN = /(?!\s)\p{Cc}|\p{Variation_Selector}|\p{Bidi_Control}|[\u00ad\u200b\u2060-\u2064\ufeff]/gu

const unescape = (text: string): string => {
  const once = text.replaceAll(/&(?:amp|lt|gt|quot|#39|#x27);/gu, (entity) => ENTITIES[entity] ?? entity)
  return once === text ? text : unescape(once)
}

const plain = (text: string): string =>
  unescape(text.toWellFormed()).replaceAll(UNSEEN, '').normalize('NFC').replaceAll(/\s+/gu, ' ').trim()

/** X shows an address without scheme and `www.`; hosts have no case, and a lone slash at the end says nothing. */
const address = (url: string): string => {
  const bare = url.replace(/^https?:\/\//iu, '').replace(/^www\./iu, '')
  const host = /^[^/?#]*/u.exec(bare)?.[0] ?? ''
  return (host.toLowerCase() + bare.slice(host.length)).replace(/\/$/u, '')
}

const pieces = (text: string): readonly Piece[] => {
  const whole = plain(text)
  const found: Piece[] = []
  let at = 0
  for (const { url, indices } of twitter.extractUrlsWithIndices(whole)) {
    const elided = whole[indices[1]] === '…'
    found.push({ kind: 'words', value: whole.slice(at, indices[0]), elided: false })
    found.push({ kind: 'address', value: address(url), elided })
    at = elided ? indices[1] + 1 : indices[1]
  }
  return [...found, { kind: 'words', value: whole.slice(at), elided: false }]
}

/**
 * The form in which a text that was sent and the same text as a page shows it are alike: characters composed (NFC),
 * entities unescaped, unseen characters gone, runs of white space one space, addresses without scheme, `www.` and
 * the case of the host. Cheap to compare and to hash; `sameText` also knows what pages leave out.
 */
export const normalText = (text: string): string =>
  pieces(text)
    .map((piece) => (piece.elided ? `${piece.value}…` : piece.value))
    .join('')
    .trim()

/** The hash of the normal form: equal for every rendering that shows the whole text. */
export const textHash = (text: string): Hash => Hash.parse(sha256(normalText(text)))

const samePiece = (sent: Piece | undefined, shown: Piece): boolean =>
  sent?.kind === shown.kind &&
  (sent.value === shown.value || (shown.elided && shown.value.includes('/') && sent.value.startsWith(shown.value)))

const samePieces = (sent: readonly Piece[], shown: readonly Piece[]): boolean =>
  sent.length === shown.length && shown.every((piece, n) => samePiece(sent[n], piece))

/** Under a link card X leaves the address at the text's end out, since the card is the link. */
const withoutLastAddress = (sent: readonly Piece[]): string | undefined =>
  sent.length >= 3 && sent.at(-1)?.value.trim() === ''
    ? sent
        .slice(0, -2)
        .map((piece) => piece.value)
        .join('')
        .trim()
    : undefined

/** "Show more" cuts long posts at about 280 characters; less than this many is no evidence of being the same. */
const LEAST_CUT = 200

const cutShort = (sent: string, shown: string): boolean => {
  if (!shown.endsWith('…')) return false
  const beginning = shown.slice(0, -1).trimEnd()
  return beginning.length >= LEAST_CUT && sent.length > beginning.length && sent.startsWith(beginning)
}

/**
 * True when `shown`, as read from a page, is the text `sent`, whatever the platform rewrote on the way: emoji as
 * images, addresses shortened with an ellipsis or (the last one) replaced by a card, white space, entities, and the
 * end of a long post behind "Show more" (which the reader marks with `…`; then only the beginning, of at least
 * 200 characters, is compared, and the post's own page decides).
 */
export const sameText = (sent: string, shown: string): boolean => {
  const sentPieces = pieces(sent)
  if (samePieces(sentPieces, pieces(shown))) return true
  const normal = normalText(shown)
  return (normal !== '' && normal === withoutLastAddress(sentPieces)) || cutShort(normalText(sent), normal)
}

/** A text without the mentions that it begins with. */
export const withoutMentions = (text: string): string => text.replace(/^(?:\s*@\w{1,50})+\s+/u, '')
