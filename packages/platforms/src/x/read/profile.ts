import type { ProfileReading } from '../../platform.ts'
import { css } from '../selectors.ts'
import { each, parse, sentence } from './dom.ts'
import { readSessionTrouble } from './page.ts'
import { AUTOMATED_BY } from './words.ts'

const HANDLE = /^@(\w{1,50})$/u

/**
 * Read the label of an automated account from a profile. X shows it below the handle, inside the profile's name block:
 * "Automated by" and a link to the person's own profile. An account's name may say the same words, but holds no link, so it is
 * the link that counts; a link in words that are not known is no evidence either way.
 */
export const readLabel = (html: string, url?: string): ProfileReading | undefined => {
  const $ = parse(html)
  const trouble = readSessionTrouble($, url)
  if (trouble !== undefined && trouble.kind !== 'deleted') return trouble
  const block = $.root().find(css('profileName')).first()
  if (block.length === 0) return undefined
  const links = each(block.find('a[href]')).flatMap((link) => {
    const handle = HANDLE.exec(sentence(link.text()))?.[1]
    const path = URL.parse(link.attr('href') ?? '', 'https://x.com')?.pathname
    return handle === undefined || path?.toLowerCase() !== `/${handle.toLowerCase()}` ? [] : [{ link, handle }]
  })
  const label = links.find(({ link }) => AUTOMATED_BY.test(sentence(link.parent().text())))
  if (label !== undefined) return { kind: 'read', automatedBy: label.handle }
  const [other] = links
  return other === undefined
    ? { kind: 'read', automatedBy: null }
    : {
        kind: 'unreadable',
        cause: 'unknown_page',
        detail: `The profile has a label that is not understood: ${JSON.stringify(sentence(other.link.parent().text()).slice(0, 120))}.`,
      }
}
