import type { PlatformAdapter } from '@surepost/platforms'
import { Hash, sha256 } from '@surepost/shared/contracts'
import type { Life } from '../machine.ts'
import type { World } from '../world.ts'
import { createOn } from './create.ts'
import { deleteOn } from './delete.ts'
import type { Platform } from './platform.ts'
import type { Reach } from './reach.ts'
import { findOn, readTargetOn } from './read.ts'

const never = (): never => {
  throw new Error('the simulation does not do this')
}

/** The platform as a poster sees it through its leases. */
export const adapterOf = (world: World, platform: Platform, process: Life): PlatformAdapter => ({
  name: 'x',
  access: 'browser',
  measure: (text) => ({ length: text.length, limit: 280 }),
  sameText: (sent, shown) => sent === shown,
  textHash: (text) => Hash.parse(sha256(text)),
  urlOf: ({ handle }, platformId) => `https://x.com/${handle}/status/${platformId}`,
  timeOf: never,
  open: (access) => {
    if (access.kind !== 'browser') return never()
    // The context of a lease is, here, its way to the platform.
    const site = { world, platform, process, reach: access.context as unknown as Reach }
    return {
      checkSession: never,
      readProfile: never,
      publishSegment: createOn(site),
      findOwnPost: findOn(site),
      readPost: readTargetOn(site),
      readMentions: never,
      readTimeline: never,
      deleteOwnPost: deleteOn(site),
    }
  },
})
