import type { Locator } from 'playwright'
import type { ListReading, PostReading, Refusal } from '../platform.ts'
import { WINDOW_MS } from './answers.ts'
import { type Driver, WAITS, appears, html, load } from './driver.ts'
import { type Dom, parse } from './read/dom.ts'
import { readSessionTrouble, readTrouble } from './read/page.ts'
import { sameHandle } from './read/post.ts'
import { CONSENT, WENT_WRONG } from './read/words.ts'
import { type SelectorName, css } from './selectors.ts'
import { watchLimits } from './watch.ts'

/** Why a page cannot be used: everything of a reading but success. */
export type Barrier = Exclude<PostReading, { kind: 'read' }>

/** What X shows instead: by selector, or by words alone. */
const MARKERS: readonly SelectorName[] = ['signedOut', 'challenge', 'error']
const spoken = ({ page }: Driver): readonly Locator[] => [
  page.getByRole('button', { name: CONSENT }),
  page.locator(css('column')).getByText(WENT_WRONG),
]

/** Who the page says is signed in, when it does. */
const signedInAs = ($: Dom): string | undefined => {
  const path = URL.parse($(css('ownProfile')).attr('href') ?? '', 'https://x.com')?.pathname ?? ''
  return /^\/(\w{1,50})\/?$/u.exec(path)?.[1]
}

/**
 * Load an address and wait for one of `wanted`. Returns what stands in the way, or `undefined` when the page can be
 * used by `handle`. A page that is signed in as somebody else cannot.
 *
 * @throws StepError
 */
export const arrive = async (
  driver: Driver,
  url: string,
  wanted: readonly SelectorName[],
  handle: string,
): Promise<Barrier | undefined> => {
  const limits = watchLimits(driver.page)
  try {
    const { status, resetAt } = await load(driver, url)
    if (status === 429) return { kind: 'throttled', until: resetAt ?? new Date(Date.now() + WINDOW_MS) }
    const came = await appears(driver, [...wanted, ...MARKERS], WAITS.show, spoken(driver))
    const barrier = barrierOn(await html(driver), driver.page.url(), came ? wanted : [], handle)
    const until = limits.until()
    if (barrier?.kind === 'unreadable' && until) return { kind: 'throttled', until }
    const http = status >= 400 ? ` The page answered HTTP ${status}.` : ''
    return barrier?.kind === 'unreadable'
      ? { ...barrier, detail: `${barrier.detail}${http} Waited for ${wanted.join(' or ')}.` }
      : barrier
  } finally {
    limits.stop()
  }
}

const barrierOn = (
  content: string,
  url: string,
  wanted: readonly SelectorName[],
  handle: string,
): Barrier | undefined => {
  const $ = parse(content)
  const trouble = readSessionTrouble($, url)
  if (trouble) return trouble
  const other = signedInAs($)
  if (other !== undefined && !sameHandle(other, handle))
    return { kind: 'session', trouble: 'signed_out', detail: `The session is @${other}'s, not @${handle}'s.` }
  return wanted.some((name) => $(css(name)).length > 0) ? undefined : readTrouble($, url)
}

/** The same for a create: certain that nothing was created, since the page was not even there. */
export const refusalOf = (barrier: Barrier, what: string): Refusal => {
  if (barrier.kind === 'session') return barrier
  if (barrier.kind === 'throttled')
    return { kind: 'throttled', until: barrier.until, detail: `${what}: too many requests.` }
  return {
    kind: 'trouble',
    detail: `${what}: ${barrier.kind === 'deleted' ? 'the page does not exist' : barrier.detail}`,
  }
}

/** The same for a list, which cannot be deleted. */
export const listBarrier = (barrier: Barrier): Exclude<ListReading<never>, { kind: 'read' }> =>
  barrier.kind === 'deleted'
    ? { kind: 'unreadable', cause: 'no_such_page', detail: 'The page does not exist.' }
    : barrier
