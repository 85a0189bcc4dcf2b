import type { Access, PlatformAdapter, PlatformSession } from '../platform.ts'
import { timeOfId } from './answers.ts'
import { deleteOwnPost } from './delete.ts'
import { keepPages } from './driver.ts'
import { measureX } from './length.ts'
import { type Site, publishSegment } from './publish.ts'
import { readProfile } from './profile.ts'
import { checkSession, readOnePost } from './reading.ts'
import { sameText, textHash } from './text.ts'
import { findOwnPost, readMentions, readOwnTimeline } from './timeline.ts'

export interface XOptions {
  /** Where the X web application is: `https://x.com`, or a site that speaks its DOM contract. */
  readonly baseUrl: string
}

const session = (site: Site): PlatformSession => ({
  readProfile: (call) => readProfile(site, call),
  checkSession: (call) => checkSession(site, call),
  publishSegment: (draft, call) => publishSegment(site, draft, call),
  readPost: (wanted, call) => readOnePost(site, wanted, call),
  findOwnPost: (wanted, call) => findOwnPost(site, wanted, call),
  readMentions: (since, call) => readMentions(site, since, call),
  readTimeline: (since, call) => readOwnTimeline(site, since, call),
  deleteOwnPost: (platformId, call) => deleteOwnPost(site, platformId, call),
})

/** X through its web application, in the browser context of a lease. */
export const xAdapter = ({ baseUrl }: XOptions): PlatformAdapter => {
  const base = baseUrl.replace(/\/+$/u, '')
  const urlOf: PlatformAdapter['urlOf'] = ({ handle }, platformId) => `${base}/${handle}/status/${platformId}`
  return {
    name: 'x',
    access: 'browser',
    measure: measureX,
    sameText,
    textHash,
    urlOf,
    timeOf: timeOfId,
    open: (access: Access, identity) => {
      if (access.kind !== 'browser')
        throw new TypeError(`The X web adapter needs a browser context, not "${access.kind}" access.`)
      const { context } = access
      return session({
        baseUrl: base,
        context,
        pages: keepPages(context),
        identity,
        urlOf: (id) => urlOf(identity, id),
      })
    },
  }
}
