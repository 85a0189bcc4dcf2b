import { type Dom, type Nodes, each } from './dom.ts'

const ELLIPSIS = '…'
const SCHEME = /^https?:\/\/(?:www\.)?$/iu

/** Emoji are images whose `alt` is the character; line breaks may be elements. */
const textOf = ($: Dom, nodes: Nodes): string => {
  let text = ''
  nodes.contents().each((_, node) => {
    if (node.nodeType === 3) text += node.data
    else if (!('attribs' in node)) return
    else if (node.name === 'img') text += $(node).attr('alt') ?? ''
    else if (node.name === 'br') text += '\n'
    else if (node.name === 'a') text += linkText($, $(node))
    else text += textOf($, $(node))
  })
  return text
}

const isHidden = (nodes: Nodes): boolean =>
  nodes.attr('aria-hidden') === 'true' || /display:\s*none|font-size:\s*0/u.test(nodes.attr('style') ?? '')

/**
 * A link's whole address, when the page has it: X shows a part and keeps the scheme and the rest in hidden spans. The
 * ellipsis after a part that is whole with its hidden rest is dropped; otherwise it stays and says "shortened".
 */
const linkText = ($: Dom, link: Nodes): string => {
  const whole = textOf($, link)
  if (!whole.endsWith(ELLIPSIS)) return whole
  const rest = each(link.find('span'))
    .filter((span) => isHidden(span) && span.find('span').length === 0)
    .map((span) => span.text())
    .filter((hidden) => hidden !== ELLIPSIS && !SCHEME.test(hidden))
  return rest.length > 0 ? whole.slice(0, -ELLIPSIS.length) : whole
}

/** The text of a `tweetText` element, as it was written as far as the page tells. */
export const readText = ($: Dom, element: Nodes): string => textOf($, element).trim()
