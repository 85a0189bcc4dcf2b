import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId } from '@surepost/shared/contracts'
import { newId } from '@surepost/shared/contracts'
import { type World, mention, signUp, submitPost } from '../metrics-faults/world.ts'

/** Between two posts; every fourth is a thread of two. Two cores publish, read and answer that much without falling behind. */
const EVERY_MS = 6_000
/** Somebody writes to an account with every third post. */
const MENTION_EVERY = 3
const READ_AFTER_SECONDS = [15, 45]
/** The longest that something follows from the last post by itself: its last reading, an audit, a harvest. */
export const FOLLOWS_SECONDS = 60

const ANSWERING = {
  enabled: true,
  approval: 'auto',
  voice: 'friendly',
  harvestEverySeconds: 15,
  label: 'alert',
} as const

/** Accounts that publish, are read and audited; the first one answers as well. */
export const signUpAll = (world: World): Promise<readonly AccountId[]> =>
  Promise.all(
    ['soak_one', 'soak_two', 'soak_three'].map((handle, n) =>
      signUp(world, handle, READ_AFTER_SECONDS, n === 0 ? { replies: ANSWERING } : {}),
    ),
  )

/** Publish, and have written to, until the time is up. @returns how many posts were accepted */
export const publishUntil = async (
  world: World,
  accounts: readonly AccountId[],
  until: number,
  signal: AbortSignal,
): Promise<number> => {
  let posts = 0
  for (; performance.now() < until; posts += 1) {
    const account = accounts[posts % accounts.length]
    if (account === undefined) throw new Error('there are no accounts')
    const run = newId()
    const parts = posts % 4 === 3 ? ['first', 'second'] : ['only']
    await submitPost(
      world,
      account,
      parts.map((part) => `Post ${posts}, ${part} part, of ${run}`),
      signal,
    )
    if (posts % MENTION_EVERY === 0)
      await mention(world, { handle: `visitor_${posts}`, text: `@soak_one what is ${run}?` })
    await sleep(Math.min(EVERY_MS, Math.max(0, until - performance.now())), undefined, { signal })
  }
  return posts
}
