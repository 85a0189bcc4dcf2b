import type { BrowserContext, ElementHandle, Locator } from 'playwright'
import type { PlatformId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Call, CreateResult, Identity, Refusal, SegmentDraft } from '../platform.ts'
import { outcomeOfCreate } from './answers.ts'
import { arrive, refusalOf } from './barrier.ts'
import { anyComposer, attach, closeSuggestions, dialogComposer, writeText } from './compose.ts'
import { type Driver, type Pages, StepError, WAITS, part, step, withPage } from './driver.ts'
import { measureX } from './length.ts'
import { articleOf } from './locate.ts'
import { readyButton } from './ready.ts'
import { watchCall } from './watch.ts'

/** What the operations of a session work with. */
export interface Site {
  readonly baseUrl: string
  readonly context: BrowserContext
  /** For reading single posts, one after the other. */
  readonly pages: Pages
  readonly identity: Identity
  readonly urlOf: (platformId: PlatformId) => string
}

/** X's operations that create a post; the second is for long ones. */
const CREATES = ['CreateTweet', 'CreateNoteTweet'] as const

const notCreated = (refusal: Refusal): CreateResult => ({ outcome: 'not_created', refusal })
const trouble = (detail: string): CreateResult => notCreated({ kind: 'trouble', detail })

const isRefusal = (value: object | Refusal): value is Refusal => 'kind' in value

const openForPost = async (driver: Driver, site: Site): Promise<Locator | Refusal> => {
  const barrier = await arrive(driver, `${site.baseUrl}/compose/post`, ['textBox'], site.identity.handle)
  if (barrier) return refusalOf(barrier, 'open the composer')
  return anyComposer(driver)
}

const openForReply = async (driver: Driver, site: Site, parent: PlatformId): Promise<Locator | Refusal> => {
  const barrier = await arrive(driver, `${site.baseUrl}/i/status/${parent}`, ['article'], site.identity.handle)
  if (barrier?.kind === 'deleted') return { kind: 'parent_gone', detail: `The post ${parent} is gone.` }
  if (barrier) return refusalOf(barrier, `open the post ${parent}`)
  const article = await articleOf(driver, parent)
  if (!article) return { kind: 'trouble', detail: `No article on the page has ${parent} as its own permalink.` }
  await step('click replyButton', WAITS.act, driver.signal, () =>
    part(article, 'replyButton').click({ timeout: WAITS.act }),
  )
  return dialogComposer(driver)
}

/** Everything up to the click: a composer that holds the segment and whose button can be pressed. */
const prepare = async (driver: Driver, site: Site, draft: SegmentDraft): Promise<ElementHandle | Refusal> => {
  const composer = draft.parent
    ? await openForReply(driver, site, draft.parent.platformId)
    : await openForPost(driver, site)
  if (isRefusal(composer)) return composer
  await attach(driver, composer, draft.media)
  await writeText(driver, composer, draft.text)
  await closeSuggestions(driver)
  return readyButton(driver, composer)
}

/**
 * The click and its answer. From here on, whatever goes wrong leaves the outcome unknown.
 *
 * The click is an element's, not a locator's: a locator's begins anew, after the press as well, on every error that it
 * does not know (Playwright, `Frame._retryWithProgressIfNotConnected`), and on whatever button it then finds. An element's
 * click tries again only what comes before the press, as long as it does not wait for what comes after it (`noWaitAfter`).
 */
const submit = async (driver: Driver, site: Site, button: ElementHandle): Promise<CreateResult> => {
  const watch = watchCall(driver.page, CREATES)
  try {
    await step('click submit', WAITS.act, driver.signal, () => button.click({ timeout: WAITS.act, noWaitAfter: true }))
    const answer = await watch.answer(driver.signal)
    if (!answer) return { outcome: 'unknown', reason: 'The request that creates the post ended without an answer.' }
    return outcomeOfCreate(answer, site.urlOf, new Date())
  } catch (error) {
    return { outcome: 'unknown', reason: `After the click: ${messageOf(error)}` }
  } finally {
    watch.stop()
  }
}

/**
 * Create one segment with one click. `not_created` only when it is certain: the click did not happen, or X refused.
 * Everything after the click without an answer is `unknown`. Never throws.
 */
export const publishSegment = async (site: Site, draft: SegmentDraft, call: Call): Promise<CreateResult> => {
  const { length, limit } = measureX(draft.text)
  if (length > limit)
    return notCreated({ kind: 'rejected', code: 'too_long', detail: `The text counts ${length} of ${limit} units.` })
  let result: CreateResult | undefined
  try {
    await withPage(site.context, call, async (driver) => {
      const ready = await prepare(driver, site, draft)
      result = isRefusal(ready) ? notCreated(ready) : await submit(driver, site, ready)
    })
  } catch (error) {
    // Only steps before the click throw: `submit` answers for itself.
    result ??= trouble(error instanceof StepError ? error.message : `Before the click: ${messageOf(error)}`)
  }
  return result ?? trouble('The page ended before the click.')
}
