import { setTimeout as delay } from 'node:timers/promises'
import { demoClient, type DemoEndpoints } from './client.ts'
import { demoImage } from './image.ts'
import { isWhole, judge, type Expected, type Verdict } from './judge.ts'
import type { DemoRow, Records } from './records.ts'
import { demoMentions, demoPosts } from './work.ts'

export interface DemoResult extends Verdict {
  readonly seconds: number
  readonly rows: readonly DemoRow[]
}

export interface Watch {
  readonly withinMs: number
  readonly onProgress: (verdict: Verdict) => void
  readonly signal: AbortSignal
}

/** Looked at this often; each look is two queries. */
const LOOK_EVERY_MS = 500

/**
 * Submit the demo's work through the API and watch the platform's ledger and the database until every segment is live,
 * recorded and measured, or `withinMs` have passed: then it reports what it has.
 */
export const runDemo = async (
  endpoints: DemoEndpoints,
  records: Records,
  { withinMs, onProgress, signal }: Watch,
): Promise<DemoResult> => {
  const start = new Date()
  const expected = await submitAll(endpoints, start, signal)
  const { verdict, rows } = await watch(endpoints, records, expected, start, { withinMs, onProgress, signal })
  return { ...verdict, seconds: Math.round((Date.now() - start.getTime()) / 100) / 10, rows }
}

const submitAll = async (endpoints: DemoEndpoints, start: Date, signal: AbortSignal): Promise<Expected> => {
  const client = demoClient(endpoints, signal)
  const run = start.toISOString().slice(11, 19)
  const handleOf = (account: string): string => {
    const found = endpoints.accounts.find(({ id }) => id === account)
    if (found === undefined)
      throw new Error(
        `The stack has no account ${account}; it has ${endpoints.accounts.map(({ id }) => id).join(', ')}.`,
      )
    return found.handle
  }
  const before = new Set((await client.ledger()).map(({ id }) => id))
  const image = await client.uploadImage(demoImage())
  const posts = await Promise.all(
    demoPosts(run).map(async (post, n) => ({
      postId: await client.submit(post, `demo-${start.toISOString()}-${n}`, post.withImage ? image : null),
      handle: handleOf(post.account),
      segments: post.segments,
    })),
  )
  const mentions = await Promise.all(
    demoMentions(run).map(async (mention) => {
      const handle = handleOf(mention.account)
      return { platformId: await client.mention(mention, handle), handle }
    }),
  )
  return { handles: endpoints.accounts.map(({ handle }) => handle), before, posts, mentions }
}

const watch = async (
  endpoints: DemoEndpoints,
  records: Records,
  expected: Expected,
  start: Date,
  { withinMs, onProgress, signal }: Watch,
): Promise<{ readonly verdict: Verdict; readonly rows: readonly DemoRow[] }> => {
  const client = demoClient(endpoints, signal)
  const postIds = expected.posts.map(({ postId }) => postId)
  for (;;) {
    // The ledger first: what is live by then may be recorded a moment later, never the other way round.
    const ledger = await client.ledger()
    const rows = await records.rows(postIds, start)
    const verdict = judge(expected, ledger, rows)
    onProgress(verdict)
    if (isWhole(verdict) || Date.now() - start.getTime() > withinMs) return { verdict, rows }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}
