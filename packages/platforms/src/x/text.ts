import { Hash, sha256 } from '@surepost/shared/contracts'
import twitter from 'twitter-text'

/** A text in its normal form, and where its addresses are in it. */
interface Normal {
  readonly text: string
  readonly addresses: readonly { readonly start: number; readonly hostEnd: number; readonly end: number }[]
}

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
const bareAddress = (url: string): { readonly value: string; readonly host: string } => {
  const bare = url.replace(/^https?:\/\//iu, '').replace(/^www\./iu, '')
  const host = (/^[^/?#]*/u.exec(bare)?.[0] ?? '').toLowerCase()
  return { host, value: (host + bare.slice(host.length)).replace(/\/$/u, '') }
}

const normalise = (given: string): Normal => {
  const whole = plain(given)
  const addresses: Normal['addresses'][number][] = []
  let text = ''
  let at = 0
  for (const { url, indices } of twitter.extractUrlsWithIndices(whole)) {
    const { host, value } = bareAddress(url)
    text += whole.slice(at, indices[0])
    addresses.push({ start: text.length, hostEnd: text.length + host.length, end: text.length + value.length })
    text += value
    at = indices[1]
  }
  return { text: text + whole.slice(at), addresses }
}

/**
 * The form in which a text that was sent and the same text as a page shows it are alike: characters composed (NFC),
 * entities unescaped, unseen characters gone, runs of white space one space, addresses without scheme, `www.` and
 * the case of the host. Cheap to compare and to hash; `sameText` also knows what pages leave out.
 */
export const normalText = (text: string): string => normalise(text).text

/** The hash of the normal form: equal for every rendering that shows the whole text. */
export const textHash = (text: string): Hash => Hash.parse(sha256(normalText(text)))

/** Walk both texts; where the shown one has an ellipsis inside an address of the other, its rest may be anything. */
const sameButElided = ({ text, addresses }: Normal, shown: string): boolean => {
  let at = 0
  for (const character of shown) {
    if (text.startsWith(character, at)) {
      at += character.length
      continue
    }
    const address = addresses.find(({ hostEnd, end }) => at >= hostEnd && at <= end)
    if (character !== ELLIPSIS || !address) return false
    at = address.end
  }
  return at === text.length
}

/** Under a link card X leaves the address at the text's end out, since the card is the link. */
const withoutLastAddress = ({ text, addresses }: Normal): string | undefined => {
  const last = addresses.at(-1)
  return last?.end === text.length ? text.slice(0, last.start).trim() : undefined
}

const ELLIPSIS = '…'
/** "Show more" cuts long posts at about 280 characters; less than this many is no evidence of being the same. */
const LEAST_CUT = 200

const cutShort = (sent: string, shown: string): boolean => {
  if (!shown.endsWith(ELLIPSIS)) return false
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
  const normal = normalise(sent)
  const seen = normalText(shown)
  if (sameButElided(normal, seen)) return true
  return (seen !== '' && seen === withoutLastAddress(normal)) || cutShort(normal.text, seen)
}

/** A text without the mentions that it begins with. */
export const withoutMentions = (text: string): string => text.replace(/^(?:\s*@\w{1,50})+\s+/u, '')
