/** A post as the playground's own ledger holds it. */
export interface LedgerPost {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly createdAt: string
  readonly deletedAt: string | null
}

/** A segment as the database holds it. */
export interface RecordedSegment {
  readonly postId: string
  readonly index: number
  readonly platformId: string | null
  readonly recordedAt: string | null
  readonly readings: number
}

/** What the demo asked for: its own posts by their texts, and one answer to each mention. */
export interface Expected {
  readonly handles: readonly string[]
  /** Ledger ids that were there before. */
  readonly before: ReadonlySet<string>
  readonly posts: readonly { readonly postId: string; readonly handle: string; readonly segments: readonly string[] }[]
  readonly mentions: readonly { readonly platformId: string; readonly handle: string }[]
}

export interface Verdict {
  readonly posts: number
  readonly segments: number
  readonly live: number
  readonly duplicates: number
  readonly recorded: number
  readonly measured: number
  readonly replies: number
}

const sameText = (a: string, b: string): boolean =>
  a.trim().replaceAll('\r\n', '\n') === b.trim().replaceAll('\r\n', '\n')

/**
 * Compare what was asked with what the platform holds and what the database says. A thread's segment counts as live only
 * where it answers the segment before it; whatever of ours is on the platform beyond what was asked is a duplicate.
 */
export const judge = (expected: Expected, ledger: readonly LedgerPost[], rows: readonly RecordedSegment[]): Verdict => {
  const handles = new Set(expected.handles)
  const ours = ledger.filter(
    (post) => handles.has(post.handle) && post.deletedAt === null && !expected.before.has(post.id),
  )
  const live: { readonly id: string; readonly postId: string | null; readonly index: number }[] = []
  for (const { postId, handle, segments } of expected.posts) {
    let parent: string | null = null
    for (const [index, text] of segments.entries()) {
      const found: LedgerPost | undefined = ours.find(
        (post) => post.handle === handle && post.inReplyTo === parent && sameText(post.text, text),
      )
      if (found === undefined) break
      live.push({ id: found.id, postId, index })
      parent = found.id
    }
  }
  const answers = expected.mentions.flatMap(
    ({ platformId, handle }) => ours.find((post) => post.handle === handle && post.inReplyTo === platformId) ?? [],
  )
  live.push(...answers.map(({ id }) => ({ id, postId: null, index: 0 })))
  const byId = new Map(rows.map((row) => [row.platformId, row]))
  const recorded = live.flatMap(({ id, postId, index }) => {
    const row = byId.get(id)
    return row !== undefined &&
      row.recordedAt !== null &&
      row.index === index &&
      (postId === null || row.postId === postId)
      ? row
      : []
  })
  return {
    posts: expected.posts.length,
    segments: expected.posts.reduce((sum, post) => sum + post.segments.length, 0) + expected.mentions.length,
    live: live.length,
    duplicates: ours.length - live.length,
    recorded: recorded.length,
    measured: recorded.filter((row) => row.readings > 0).length,
    replies: answers.length,
  }
}

/** The mission, as a condition. */
export const isWhole = (verdict: Verdict): boolean =>
  verdict.live === verdict.segments &&
  verdict.duplicates === 0 &&
  verdict.recorded === verdict.live &&
  verdict.measured === verdict.live
