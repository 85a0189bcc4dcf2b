import type { Page } from 'playwright'
import type { Call, Capture, PostReading } from '../platform.ts'
import { type Driver, step } from './driver.ts'
import { type Nodes, parse } from './read/dom.ts'

/** Longest wait for each part of a capture, in milliseconds: a page that hangs leaves none. */
const CAPTURE_MS = 5_000
/** Kept of a page's HTML, in characters. */
const MOST_HTML = 100_000
/** Looked at of a page's HTML, in characters. */
const MOST_READ = 2_000_000

const LEFT_OUT = new Set(['script', 'style', 'noscript', 'svg', 'link', 'meta', 'template', 'textarea'])
const ADDRESS = /^(?:href|src|action|content|data-.*url)$/iu
const UNSEEN = /^(?:class|style|value|nonce|srcset|on.*)$/iu

type Node = Nodes[number]['children'][number]

/** The attributes that tell what an element is. Addresses lose their queries, fields what was typed into them. */
const keptAttributes = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => !UNSEEN.test(name))
      .map(([name, value]) => [name, ADDRESS.test(name) ? value.replace(/[?#].*$/su, '') : value]),
  )

const isKept = (node: Node): boolean =>
  node.nodeType !== 8 && !('name' in node && (LEFT_OUT.has(node.name) || isHiddenField(node)))

const isHiddenField = (node: Node): boolean =>
  'attribs' in node && node.name === 'input' && node.attribs['type'] === 'hidden'

const isEditable = (node: Node): boolean => 'attribs' in node && 'contenteditable' in node.attribs

/** In one pass over the nodes: a page has tens of thousands, and nothing else runs meanwhile. */
const trim = (node: Node): void => {
  if ('attribs' in node) node.attribs = keptAttributes(node.attribs)
  if (!('children' in node)) return
  node.children = isEditable(node) ? [] : node.children.filter(isKept)
  for (const child of node.children) trim(child)
}

/**
 * The HTML of a page without what is not read and what could be a secret: scripts (X keeps tokens in them), styles,
 * icons, values of fields, classes, and the queries of addresses.
 */
export const trimmedHtml = (html: string): string => {
  const $ = parse(html.slice(0, MOST_READ))
  for (const node of $.root().get(0)?.children ?? []) trim(node)
  return $.html().slice(0, MOST_HTML)
}

/** Let the caller's witness see what the page looks like now; nothing of this may fail the reading. */
export const capture = async ({ page }: Driver, why: string, { witness }: Call): Promise<void> => {
  await witness?.(why, () => captureOf(page, why)).catch(() => undefined)
}

const captureOf = async (page: Page, why: string): Promise<Capture | undefined> => {
  // The lease's own end must not cut the evidence of it short; the page's end does.
  const { signal } = new AbortController()
  const html = await step('keep the page', CAPTURE_MS, signal, () => page.content()).catch(() => undefined)
  if (html === undefined) return undefined
  const mask = [page.locator('input, textarea, [contenteditable=true]')]
  const options = { type: 'jpeg', quality: 50, mask, timeout: CAPTURE_MS } as const
  const screenshot = await step('picture the page', CAPTURE_MS + 1_000, signal, () => page.screenshot(options)).catch(
    () => null,
  )
  return { why, html: trimmedHtml(html), screenshot }
}

/** In a word, why a reading is worth evidence; `undefined`: it is not. */
export const whyOf = (
  reading: Pick<PostReading, 'kind'> & { readonly cause?: string; readonly trouble?: string },
): string | undefined =>
  reading.kind === 'unreadable' || reading.kind === 'session'
    ? (reading.cause ?? reading.trouble ?? reading.kind)
    : undefined
