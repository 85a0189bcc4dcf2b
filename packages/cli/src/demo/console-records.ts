import { Metrics } from '@surepost/shared/contracts'
import { z } from 'zod'
import { type Access, ConsoleError, consoleAt } from '../console/client.ts'
import type { DemoRow, Records } from './records.ts'

const Page = z.looseObject({
  posts: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.string(),
      account: z.string(),
      submittedAt: z.string(),
      segments: z.array(
        z.looseObject({
          index: z.number(),
          state: z.string(),
          text: z.string(),
          platformId: z.string().nullable(),
          url: z.string().nullable(),
          recordedAt: z.string().nullable(),
          metrics: Metrics.nullable(),
        }),
      ),
    }),
  ),
})

/** Reads what is recorded as any client of an installation can: from its console, which asks the database. */
export const consoleRecords = (access: Access, accounts: readonly string[], signal: AbortSignal): Records => {
  const console = consoleAt(access, signal)
  let last: readonly DemoRow[] = []
  return {
    async rows(postIds, start) {
      const asking = accounts.map((id) => console.get(`v1/posts?account=${id}&limit=100`, Page))
      const pages = await Promise.all(asking).catch((error: unknown) => {
        if (error instanceof ConsoleError) return undefined
        throw error
      })
      // A console that is away for a moment changes nothing of what is recorded; the demo's own deadline bounds it.
      if (pages === undefined) return last
      last = pages
        .flatMap(({ posts }) => posts)
        .filter((post) => postIds.includes(post.id) || (post.kind === 'reply' && new Date(post.submittedAt) >= start))
        .toSorted((a, b) => a.submittedAt.localeCompare(b.submittedAt))
        .flatMap(({ id, kind, account, segments }) =>
          segments.map((segment) => ({
            ...segment,
            postId: id,
            kind,
            account,
            readings: segment.metrics === null ? 0 : 1,
          })),
        )
      return last
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
