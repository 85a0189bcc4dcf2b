import type { Evidence, ExpectedPost, ExpectedSegment, LedgerPost } from './types.ts'

/** A post that was asked for, and the site's post for each of its segments; undefined where there is none. */
export interface Matched {
  readonly post: ExpectedPost
  readonly live: readonly (LedgerPost | undefined)[]
}

export interface Matching {
  readonly matched: readonly Matched[]
  /** Posts of our accounts that are nobody's, or somebody's for the second time. */
  readonly extra: readonly LedgerPost[]
}

const plain = (text: string): string => text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim()

const holds = (found: LedgerPost, segment: ExpectedSegment, post: ExpectedPost): boolean => {
  if (found.handle !== post.handle || found.deletedAt !== null) return false
  if (segment.text === null) return found.inReplyTo === post.replyTo
  const media = found.media.map(({ sha256 }) => sha256)
  return (
    plain(found.text) === plain(segment.text) &&
    media.length === segment.media.length &&
    segment.media.every((sha256, index) => media[index] === sha256)
  )
}

/** Of several the recorded one, then the one in its place in the thread, then the first: the others are repeats. */
const best = (
  candidates: readonly LedgerPost[],
  recorded: string | null | undefined,
  parent: string | null | undefined,
): LedgerPost | undefined =>
  candidates.find(({ id }) => id === recorded) ??
  candidates.find(({ inReplyTo }) => inReplyTo === parent) ??
  candidates[0]

/** Find each asked segment on the site by account, text and images. Every text of a run is said once. */
export const match = ({ expected, handles, ledger, records }: Evidence): Matching => {
  const ours = ledger.filter(({ handle }) => handles.includes(handle))
  const taken = new Set<string>()
  const recordedAs = new Map(records.segments.map((row) => [`${row.postId} ${row.index}`, row.platformId]))
  const matched = expected.map((post): Matched => {
    let parent: string | null | undefined = post.replyTo
    const live = post.segments.map((segment, index) => {
      const candidates = ours.filter((found) => !taken.has(found.id) && holds(found, segment, post))
      const found = best(candidates, recordedAs.get(`${post.postId} ${index}`), parent)
      if (found !== undefined) taken.add(found.id)
      parent = found?.id
      return found
    })
    return { post, live }
  })
  return { matched, extra: ours.filter(({ id }) => !taken.has(id)) }
}
