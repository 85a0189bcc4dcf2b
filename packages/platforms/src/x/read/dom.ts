import { type CheerioAPI, load } from 'cheerio'
import { type SelectorName, css } from '../selectors.ts'

export type Dom = CheerioAPI
/** One element or several, as cheerio wraps them. */
export type Nodes = ReturnType<ReturnType<CheerioAPI>['find']>

export const parse = (html: string): Dom => load(html)

export const within = (nodes: Nodes, name: SelectorName): Nodes => nodes.find(css(name))

/** Each of several elements by itself. */
export const each = (nodes: Nodes): readonly Nodes[] => Array.from({ length: nodes.length }, (_, n) => nodes.eq(n))

/** Apostrophes straightened and white space in runs made one space, for comparing with known sentences. */
export const sentence = (text: string): string =>
  text
    .replaceAll(/[’‘]/gu, "'")
    .replaceAll(/\s+/gu, ' ')
    .trim()

/** The page's language, when it says so. */
export const languageOf = ($: Dom): string | undefined => {
  const said = $('html').attr('lang')?.trim()
  return said !== undefined && /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/iu.test(said) ? said : undefined
}
