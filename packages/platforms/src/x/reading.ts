import type { PlatformId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Call, PostReading, SessionReading } from '../platform.ts'
import { arrive, listBarrier } from './barrier.ts'
import { type Driver, html, withPage } from './driver.ts'
import type { Site } from './publish.ts'
import { type PageReading, readPost, sameHandle } from './read/post.ts'

/** A page that did not answer in time is a reading that failed, not an exception; a stop by the caller is one. */
export const unreadable = (error: unknown, call: Call): Extract<PostReading, { kind: 'unreadable' }> => {
  if (call.signal.aborted) throw error
  return { kind: 'unreadable', cause: 'not_loaded', detail: messageOf(error) }
}

/** Read one post's own page with a page that is already open. @throws StepError */
export const readPostWith = async (
  driver: Driver,
  site: Site,
  wanted: { readonly platformId: PlatformId; readonly author: string | null },
): Promise<PageReading> => {
  const barrier = await arrive(
    driver,
    `${site.baseUrl}/i/status/${wanted.platformId}`,
    ['article'],
    site.identity.handle,
  )
  if (barrier) return ownAccount(barrier, site, wanted.author)
  const reading = readPost(await html(driver), {
    handle: wanted.author,
    platformId: wanted.platformId,
    url: `${site.baseUrl}/i/status/${wanted.platformId}`,
    baseUrl: site.baseUrl,
  })
  return ownAccount(reading, site, wanted.author)
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
  withPage(site.context, call, (driver) => readPostWith(driver, site, wanted)).catch((error: unknown) =>
    unreadable(error, call),
  )

/** Whether the session can be used, by the page that a person would look at. */
export const checkSession = (site: Site, call: Call): Promise<SessionReading> =>
  withPage(site.context, call, async (driver): Promise<SessionReading> => {
    const barrier = await arrive(driver, `${site.baseUrl}/home`, ['signedIn'], site.identity.handle)
    return barrier ? listBarrier(barrier) : { kind: 'ready' }
  }).catch((error: unknown) => unreadable(error, call))
