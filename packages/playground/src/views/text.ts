import { createHash } from 'node:crypto'
import { type Html, html, raw } from './html.ts'

/** As much of an address as X shows, after the scheme and `www.`. */
const SHOWN = 27

// An address with a scheme ends before closing punctuation; a bare one needs a domain that is surely one.
const WITH_SCHEME = String.raw`https?:\/\/[^\s<>"'）」』、。]*[^\s<>"'.,:;!?\)\]）」』、。]`
const BARE = String.raw`\b(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:com|org|net|dev|io|app|co)\b(?:\/[\w\-.\/?%\&=\#~+]*[\w\-\/=\&\#~+])?`
const MENTION = String.raw`(?<![\w@\/])@(?<mention>\w{1,50})\b`
const HASHTAG = String.raw`(?<![\w\&\/\#])#(?<tag>[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)`
const TOKEN = new RegExp(
  String.raw`(?<url>${WITH_SCHEME}|${BARE})|${MENTION}|${HASHTAG}|(?<emoji>\p{RGI_Emoji})`,
  'giv',
)

/** The short code of an address, as `t.co` gives one. */
export const shortCode = (url: string): string =>
  createHash('sha256').update(url).digest('base64url').replaceAll(/[-_]/gu, 'x').slice(0, 10)

const hidden = (text: string): Html => html`<span aria-hidden="true" class="unseen">${text}</span>`

const ELLIPSIS = html`<span aria-hidden="true">…</span>`

const link = (url: string): Html => {
  const scheme = /^https?:\/\/(?:www\.)?/iu.exec(url)?.[0] ?? ''
  const rest = Array.from(url.slice(scheme.length))
  const shown = rest.slice(0, SHOWN).join('')
  const unseen = rest.slice(SHOWN).join('')
  return html`<a dir="ltr" href="/t.co/${shortCode(url)}" rel="noopener noreferrer nofollow" target="_blank" role="link"
    >${hidden(scheme === '' ? 'http://' : scheme)}${shown}${unseen !== '' && [hidden(unseen), ELLIPSIS]}</a
  >`
}

const emoji = (character: string): Html => {
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><text x="10" y="16" font-size="16" text-anchor="middle" fill="#8a8178">${character}</text></svg>`
  return html`<img
    alt="${character}"
    draggable="false"
    src="data:image/svg+xml,${encodeURIComponent(picture)}"
    class="emoji"
  />`
}

const token = (groups: Readonly<Record<string, string | undefined>>): Html => {
  if (groups['url'] !== undefined) return link(groups['url'])
  if (groups['emoji'] !== undefined) return emoji(groups['emoji'])
  if (groups['mention'] !== undefined)
    return html`<span><a dir="ltr" href="/${groups['mention']}" role="link">@${groups['mention']}</a></span>`
  return html`<span
    ><a dir="ltr" href="/hashtag/${groups['tag'] ?? ''}?src=hashtag_click" role="link">#${groups['tag'] ?? ''}</a></span
  >`
}

/** The addresses of a text, for the shortener. */
export const addressesIn = (text: string): readonly string[] =>
  [...text.matchAll(TOKEN)].map((match) => match.groups?.['url']).filter((url) => url !== undefined)

/** Spaces in runs and more than one empty line are not kept. */
const tidy = (text: string): string =>
  text
    .replaceAll(/[^\S\n]+/gu, ' ')
    .replaceAll(/ ?\n ?/gu, '\n')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim()

/**
 * A text as X renders it: emoji as images with the character in `alt`, addresses shortened to a host and the beginning
 * of a path with the rest in hidden spans over a short address, mentions and hashtags as links, white space tidied.
 */
export const renderText = (text: string): Html => {
  const source = tidy(text)
  const out: Html[] = []
  let at = 0
  for (const match of source.matchAll(TOKEN)) {
    if (match.index > at) out.push(html`<span>${source.slice(at, match.index)}</span>`)
    out.push(token(match.groups ?? {}))
    at = match.index + match[0].length
  }
  if (at < source.length) out.push(html`<span>${source.slice(at)}</span>`)
  return raw(out.map((part) => part.html).join(''))
}
