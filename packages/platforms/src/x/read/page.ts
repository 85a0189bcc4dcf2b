import type { PostReading, UnreadableCause } from '../../platform.ts'
import { type SelectorName, css } from '../selectors.ts'
import { type Dom, each, sentence, within } from './dom.ts'
import { CHALLENGE, CONSENT, TROUBLES, type Trouble } from './words.ts'

/** Anything that a page can be instead of what was asked for. */
export type NotShown = Exclude<PostReading, { kind: 'read' } | { kind: 'throttled' }>

const has = ($: Dom, name: SelectorName): boolean => $(css(name)).length > 0

const session = (
  trouble: 'signed_out' | 'challenge' | 'consent' | 'locked' | 'suspended',
  detail: string,
): NotShown => ({
  kind: 'session',
  trouble,
  detail,
})

/** Where the browser was sent says more than what the page shows. */
const byAddress = (url: string | undefined): NotShown | undefined => {
  const path = url === undefined ? '' : (URL.parse(url)?.pathname ?? '')
  if (path.startsWith('/account/suspended')) return session('suspended', `The page went to ${path}.`)
  if (/^\/(?:account\/access|i\/flow\/(?:challenge|verify|consent_flow))/u.test(path))
    return session('challenge', `The page went to ${path}.`)
  if (/^\/(?:i\/flow\/login|login)\b/u.test(path)) return session('signed_out', `The page went to ${path}.`)
  return undefined
}

/** What stands between an account and every page: a sign-in, a proof of personhood, a consent wall. */
export const readSessionTrouble = ($: Dom, url?: string): NotShown | undefined => {
  const address = byAddress(url)
  if (address) return address
  if (has($, 'signedIn')) return undefined
  if (has($, 'challenge') || CHALLENGE.test(pageText($))) return session('challenge', 'The page asks for a person.')
  if (has($, 'signedOut')) return session('signed_out', 'The page offers to sign in.')
  const buttons = each($.root().find('button, [role=button]'))
  const isWall = buttons.some((button) => CONSENT.test(sentence(button.text())))
  return isWall ? session('consent', 'A consent wall stands before the page.') : undefined
}

/** What the page itself says: its main column, without the posts in it, which may say the same words. */
export const pageText = ($: Dom): string => {
  const column = $.root().find(css('column')).first()
  const page = (column.length > 0 ? column : $.root().find('body')).clone()
  // A notice in a post's place is an article too, but one without an author.
  for (const article of each(page.find('article'))) if (within(article, 'author').length > 0) article.remove()
  page.find(`script, style, noscript, ${css('text')}`).remove()
  return sentence(page.text())
}

const CAUSES: Readonly<Record<Exclude<Trouble, 'deleted'>, UnreadableCause>> = {
  suspended: 'suspended',
  protected: 'protected',
  age_gated: 'age_gated',
  withheld: 'withheld',
  went_wrong: 'went_wrong',
  throttled: 'went_wrong',
}

/** Why what was asked for is not on the page. Only a sentence that X says of deleted posts makes it `deleted`. */
export const readTrouble = ($: Dom, url?: string): NotShown => {
  const trouble = readSessionTrouble($, url)
  if (trouble) return trouble
  const body = pageText($)
  const [kind] = TROUBLES.find(([, words]) => words.test(body)) ?? []
  if (kind === 'deleted') return { kind: 'deleted' }
  if (kind !== undefined)
    return { kind: 'unreadable', cause: CAUSES[kind], detail: `The page says: ${excerpt(body, kind)}` }
  if (has($, 'error'))
    return {
      kind: 'unreadable',
      cause: 'unknown_page',
      detail: `The page shows an error that is not known: ${excerpt(body)}`,
    }
  return { kind: 'unreadable', cause: 'not_loaded', detail: 'Neither a post nor a known error is on the page.' }
}

const excerpt = (body: string, kind?: Trouble): string => {
  const at =
    kind === undefined
      ? 0
      : body.search(TROUBLES.find(([name, words]) => name === kind && words.test(body))?.[1] ?? /^/u)
  return JSON.stringify(body.slice(Math.max(0, at - 40), at + 120))
}
