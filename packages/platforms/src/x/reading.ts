import type { PlatformId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Call, PostReading, SessionReading } from '../platform.ts'
import { arrive, listBarrier } from './barrier.ts'
import { capture, whyOf } from './capture.ts'
import { type Driver, html, withPage } from './driver.ts'
import { awaitPost } from './locate.ts'
import type { Site } from './publish.ts'
import { type PageReading, readPost, sameHandle } from './read/post.ts'

/** A page that did not answer in time is a reading that failed, not an exception; a stop by the caller is one. */
export const unreadable = (error: unknown, call: Call): Extract<PostReading, { kind: 'unreadable' }> => {
  if (call.signal.aborted) throw error
  return { kind: 'unreadable', cause: 'not_loaded', detail: messageOf(error) }
}

/**
 * Read one post's own page with a page that is already open.
 *
 * @param parent the post that it is expected to answer: the reading waits a little for it to be shown
 * @throws StepError
 */
export const readPostWith = async (
  driver: Driver,
  site: Site,
  wanted: { readonly platformId: PlatformId; readonly author: string | null },
  parent: PlatformId | null = null,
): Promise<PageReading> => {
  const url = `${site.baseUrl}/i/status/${wanted.platformId}`
  const barrier = await arrive(driver, url, ['article'], site.identity.handle)
  if (barrier) return ownAccount(barrier, site, wanted.author)
  const read = async (): Promise<PageReading> =>
    readPost(await html(driver), { handle: wanted.author, platformId: wanted.platformId, url, baseUrl: site.baseUrl })
  const first = await read()
  const awaited = missingOn(first, wanted.platformId, parent)
  if (awaited === undefined) return ownAccount(first, site, wanted.author)
  await awaitPost(driver, awaited)
  return ownAccount(await read(), site, wanted.author)
}

/** What a page that has begun to show a conversation may still be about to show. */
const missingOn = (reading: PageReading, platformId: PlatformId, parent: PlatformId | null): PlatformId | undefined => {
  if (reading.kind === 'unreadable' && reading.cause === 'not_loaded') return platformId
  const isWithout = reading.kind === 'read' && reading.post.inReplyTo === null && !reading.lostParent
  return isWithout && parent !== null ? parent : undefined
}

/** "A suspended account" on our own post's page is our own trouble. */
const ownAccount = (reading: PageReading, site: Site, author: string | null): PageReading =>
  reading.kind === 'unreadable' &&
  reading.cause === 'suspended' &&
  author !== null &&
  sameHandle(author, site.identity.handle)
    ? { kind: 'session', trouble: 'suspended', detail: reading.detail }
    : reading

export const readOnePost = (
  site: Site,
  wanted: { readonly platformId: PlatformId; readonly author: string | null },
  call: Call,
): Promise<PostReading> =>
  site
    .pages(
      call,
      (driver) => witnessed(driver, call, () => readPostWith(driver, site, wanted)),
      ({ kind }) => kind === 'read' || kind === 'deleted',
    )
    .catch((error: unknown) => unreadable(error, call))

/** Leave evidence of a page that could not be read. */
const witnessed = async (driver: Driver, call: Call, read: () => Promise<PostReading>): Promise<PostReading> => {
  try {
    const reading = await read()
    const why = whyOf(reading)
    if (why !== undefined) await capture(driver, why, call)
    return reading
  } catch (error) {
    if (!driver.signal.aborted) await capture(driver, 'not_loaded', call)
    throw error
  }
}

/** Whether the session can be used, by the page that a person would look at. */
export const checkSession = (site: Site, call: Call): Promise<SessionReading> =>
  withPage(site.context, call, async (driver): Promise<SessionReading> => {
    const barrier = await arrive(driver, `${site.baseUrl}/home`, ['signedIn'], site.identity.handle)
    return barrier ? listBarrier(barrier) : { kind: 'ready' }
  }).catch((error: unknown) => unreadable(error, call))
