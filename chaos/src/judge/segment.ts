import type { Matched } from './match.ts'
import type { CheckRow, Evidence, PostRow, SegmentRow, Trouble, Wrong } from './types.ts'

/** Where a post ends that a person must look at, or that nobody will publish any more: visible, with a reason. */
const VISIBLE_ENDS: readonly string[] = ['failed', 'missed', 'cancelled', 'needs_attention']
/** A check that is neither of these is still owed. */
const CHECK_ENDS: readonly string[] = ['done', 'missed']

const key = (postId: string | null, index: number): string => `${postId} ${index}`

/** The rows of the database by what they are of. */
export interface Rows {
  post(postId: string | null): PostRow | undefined
  segment(postId: string | null, index: number): SegmentRow | undefined
  checks(postId: string | null, index: number): readonly CheckRow[]
}

export const rowsOf = ({ records }: Evidence): Rows => {
  const posts = new Map(records.posts.map((row) => [row.id, row]))
  const segments = new Map(records.segments.map((row) => [key(row.postId, row.index), row]))
  const checks = Map.groupBy(records.checks, (row) => key(row.postId, row.index))
  return {
    post: (postId) => (postId === null ? undefined : posts.get(postId)),
    segment: (postId, index) => segments.get(key(postId, index)),
    checks: (postId, index) => checks.get(key(postId, index)) ?? [],
  }
}

const trouble =
  ({ post }: Matched) =>
  (wrong: Wrong, sentence: string): Trouble => ({ wrong, n: post.n, postId: post.postId, sentence })

const nameOf = ({ post }: Matched, index: number): string =>
  post.segments.length === 1
    ? `post ${post.n} of ${post.handle}`
    : `segment ${index + 1} of ${post.segments.length} of post ${post.n} of ${post.handle}`

/** A segment that is not on the site although it should be. */
const absent = (matched: Matched, index: number, rows: Rows): Trouble => {
  const say = trouble(matched)
  const name = nameOf(matched, index)
  const { postId } = matched.post
  const post = rows.post(postId)
  if (postId === null) return say('lost', `The API never took ${name}.`)
  if (post === undefined) return say('lost', `${name} is not live, and the database does not know it.`)
  if (VISIBLE_ENDS.includes(post.state ?? ''))
    return say('ended', `${name} is not live: it ended ${post.state} (${post.reason ?? 'no reason is given'}).`)
  return say('lost', `${name} is not live, and its post is ${post.state ?? 'a stub'} in the database.`)
}

const place = (matched: Matched, index: number): Trouble | undefined => {
  const found = matched.live[index]
  const say = trouble(matched)
  const name = nameOf(matched, index)
  const before = index === 0 ? null : matched.live[index - 1]
  if (before === undefined) return say('outOfOrder', `${name} is live as ${found?.id}, and the one before it is not.`)
  const parent = before === null ? matched.post.replyTo : before.id
  if (found?.inReplyTo === parent) return undefined
  return say(
    'outOfOrder',
    `${name} (${found?.id}) answers ${found?.inReplyTo ?? 'nothing'} instead of ${parent ?? 'nothing'}.`,
  )
}

const record = (matched: Matched, index: number, rows: Rows): Trouble | undefined => {
  const row = rows.segment(matched.post.postId, index)
  if (row?.platformId === matched.live[index]?.id) return undefined
  const say = trouble(matched)
  const name = nameOf(matched, index)
  const id = matched.live[index]?.id
  return row?.platformId == null
    ? say('unrecorded', `${name} is live as ${id}, and the database does not say so.`)
    : say('wrongIds', `${name} is live as ${id}, and the database says ${row.platformId}.`)
}

const measure = (matched: Matched, index: number, rows: Rows, wanted: number): Trouble | undefined => {
  const checks = rows.checks(matched.post.postId, index)
  const open = checks.filter(({ state }) => !CHECK_ENDS.includes(state))
  if (checks.length >= wanted && open.length === 0) return undefined
  const what =
    open.length > 0 ? `${open.length} of its checks ended in nothing` : `it has ${checks.length} checks of ${wanted}`
  return trouble(matched)('unmeasured', `${nameOf(matched, index)} is live, and ${what}.`)
}

/** Everything that is wrong with one segment that had to be live. */
export const judgeWanted = (
  matched: Matched,
  index: number,
  rows: Rows,
  checksPerSegment: number,
): readonly Trouble[] => {
  if (matched.live[index] === undefined) {
    const claimed = rows.segment(matched.post.postId, index)?.platformId
    const phantom =
      claimed == null
        ? []
        : [
            trouble(matched)(
              'wrongIds',
              `The database says that ${nameOf(matched, index)} is live as ${claimed}, and it is not.`,
            ),
          ]
    return [absent(matched, index, rows), ...phantom]
  }
  return [place(matched, index), record(matched, index, rows), measure(matched, index, rows, checksPerSegment)].filter(
    (found) => found !== undefined,
  )
}

/** Everything that is wrong with one segment that must not be live: of a post that was cancelled, or had to be refused. */
export const judgeUnwanted = (matched: Matched, index: number, rows: Rows): readonly Trouble[] => {
  const found = matched.live[index]
  const state = rows.post(matched.post.postId)?.state
  const say = trouble(matched)
  const claimed = rows.segment(matched.post.postId, index)?.platformId
  if (found !== undefined) return [say('unwanted', `${nameOf(matched, index)} is ${state}, and live as ${found.id}.`)]
  return claimed == null
    ? []
    : [say('wrongIds', `${nameOf(matched, index)} is ${state}, and the database says that it is live as ${claimed}.`)]
}
