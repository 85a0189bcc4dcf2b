import type { Call, PostReading } from '../platform.ts'
import { type Driver, step } from './driver.ts'
import { parse } from './read/dom.ts'

/** Longest wait for each part of a capture, in milliseconds: a page that hangs leaves none. */
const CAPTURE_MS = 5_000
/** Kept of a page's HTML, in characters. */
const MOST_HTML = 100_000

/**
 * The HTML of a page without what is not read and what could be a secret: scripts (X keeps tokens in them), styles,
 * icons, values of fields, classes, and the queries of addresses.
 */
export const trimmedHtml = (html: string): string => {
  const $ = parse(html)
  $('script, style, noscript, svg, link, meta, template, input[type=hidden]').remove()
  $('*').each((_, element) => {
    if (!('attribs' in element)) return
    for (const name of Object.keys(element.attribs)) {
      const value = element.attribs[name] ?? ''
      if (/^(?:href|src|action|content|data-.*url)$/iu.test(name)) $(element).attr(name, value.replace(/[?#].*$/su, ''))
      else if (/^(?:class|style|value|nonce|srcset|on.*)$/iu.test(name)) $(element).removeAttr(name)
    }
  })
  $('textarea, [contenteditable]').empty()
  $('*')
    .contents()
    .each((_, node) => void (node.nodeType === 8 && $(node).remove()))
  return $.html().slice(0, MOST_HTML)
}

/** Give the caller's witness what the page looks like now; nothing of this may fail the reading. */
export const capture = async ({ page }: Driver, why: string, { witness }: Call): Promise<void> => {
  if (witness === undefined) return
  // The lease's own end must not cut the evidence of it short; the page's end does.
  const { signal } = new AbortController()
  const html = await step('keep the page', CAPTURE_MS, signal, () => page.content()).catch(() => undefined)
  if (html === undefined) return
  const mask = [page.locator('input, textarea, [contenteditable=true]')]
  const options = { type: 'jpeg', quality: 50, mask, timeout: CAPTURE_MS } as const
  const screenshot = await step('picture the page', CAPTURE_MS + 1_000, signal, () => page.screenshot(options)).catch(
    () => null,
  )
  await witness({ why, html: trimmedHtml(html), screenshot }).catch(() => undefined)
}

/** In a word, why a reading is worth evidence; `undefined`: it is not. */
export const whyOf = (
  reading: Pick<PostReading, 'kind'> & { readonly cause?: string; readonly trouble?: string },
): string | undefined =>
  reading.kind === 'unreadable' || reading.kind === 'session'
    ? (reading.cause ?? reading.trouble ?? reading.kind)
    : undefined
