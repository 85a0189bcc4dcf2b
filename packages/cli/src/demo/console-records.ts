import { Metrics } from '@surepost/shared/contracts'
import { z } from 'zod'
import { type Access, consoleAt } from '../console/client.ts'
import type { Records } from './records.ts'

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
  return {
    async rows(postIds, start) {
      const pages = await Promise.all(accounts.map((id) => console.get(`v1/posts?account=${id}&limit=100`, Page)))
      return pages
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
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
