import type { PlatformId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Call, PlatformSession } from '../platform.ts'
import { isDeleted, refusalIn } from './answers.ts'
import { arrive, refusalOf } from './barrier.ts'
import { type Driver, StepError, WAITS, html, missing, part, step, withPage } from './driver.ts'
import { articleOf } from './locate.ts'
import type { Site } from './publish.ts'
import { readPost } from './read/post.ts'
import { DELETE } from './read/words.ts'
import { css } from './selectors.ts'
import { watchCall } from './watch.ts'

type Deleted = Awaited<ReturnType<PlatformSession['deleteOwnPost']>>

const trouble = (detail: string): Deleted => ({ outcome: 'not_created', refusal: { kind: 'trouble', detail } })

/** Everything up to the confirmation. Returns an end of its own when there is nothing to confirm. */
const prepare = async (driver: Driver, site: Site, platformId: PlatformId): Promise<Deleted | undefined> => {
  const { page, signal } = driver
  const barrier = await arrive(driver, `${site.baseUrl}/i/status/${platformId}`, ['article'], site.identity.handle)
  if (barrier?.kind === 'deleted') return { outcome: 'deleted' }
  if (barrier) return { outcome: 'not_created', refusal: refusalOf(barrier, `open the post ${platformId}`) }
  const reading = readPost(await html(driver), { handle: site.identity.handle, platformId, url: page.url() })
  if (reading.kind === 'deleted') return { outcome: 'deleted' }
  if (reading.kind !== 'read')
    return { outcome: 'not_created', refusal: refusalOf(reading, `find the post ${platformId}`) }
  const article = (await articleOf(driver, platformId)) ?? missing('article', `with the permalink of ${platformId}`)
  await step('click caret', WAITS.act, signal, () => part(article, 'caret').click({ timeout: WAITS.act }))
  const item = part(page, 'menu').locator(css('menuItem')).filter({ hasText: DELETE }).first()
  await step('click menuItem "Delete"', WAITS.act, signal, () => item.click({ timeout: WAITS.act }))
  await step('wait for sheetConfirm', WAITS.act, signal, () =>
    part(page, 'sheetConfirm').waitFor({ timeout: WAITS.act }),
  )
  return undefined
}

const confirm = async ({ page, signal }: Driver): Promise<Deleted> => {
  const watch = watchCall(page, ['DeleteTweet'])
  try {
    await step('click sheetConfirm', WAITS.act, signal, () =>
      part(page, 'sheetConfirm').click({ timeout: WAITS.act, noWaitAfter: true }),
    )
    const answer = await watch.answer(signal)
    if (answer && isDeleted(answer)) return { outcome: 'deleted' }
    const refusal = answer && refusalIn(answer, new Date())
    if (refusal) return { outcome: 'not_created', refusal }
    return {
      outcome: 'unknown',
      reason: answer ? `X answered ${answer.status} to the delete.` : 'The delete ended without an answer.',
    }
  } catch (error) {
    return { outcome: 'unknown', reason: `After the confirmation: ${messageOf(error)}` }
  } finally {
    watch.stop()
  }
}

/** Delete one of our posts, found by its id and never by its text. A post that is already gone is deleted. */
export const deleteOwnPost = async (site: Site, platformId: PlatformId, call: Call): Promise<Deleted> => {
  let result: Deleted | undefined
  try {
    await withPage(site.context, call, async (driver) => {
      result = (await prepare(driver, site, platformId)) ?? (await confirm(driver))
    })
  } catch (error) {
    // Only steps before the confirmation throw: `confirm` answers for itself.
    result ??= trouble(error instanceof StepError ? error.message : `Before the confirmation: ${messageOf(error)}`)
  }
  return result ?? trouble('The page ended before the confirmation.')
}
