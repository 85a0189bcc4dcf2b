import type { Hash, PostId } from '@surepost/shared/contracts'
import { UNKNOWN_HASH } from '../../../services/browser-broker/src/ledger/model.ts'
import type { Console } from './console.ts'
import { type Database, type Row, dueView, stateOf } from './persister/database.ts'
import type { LivePost, Platform } from './platform/platform.ts'
import type { Scenario } from './scenario.ts'

/** What can be wrong at the end of a schedule, and the guarantee that it breaks. */
export const BREACHES = {
  'created twice': 'G1',
  'out of order': 'G1',
  'live in two revisions': 'G1',
  'live though called off': 'G1',
  'without an end': 'G2',
  'not recorded': 'G3',
  'recorded wrongly': 'G3',
} as const
export type Breach = keyof typeof BREACHES
export type Guarantee = (typeof BREACHES)[Breach]

export interface Violation {
  readonly guarantee: Guarantee
  readonly breach: Breach
  readonly sentence: string
}

const violation = (breach: Breach, sentence: string): Violation => ({ guarantee: BREACHES[breach], breach, sentence })

export interface Evidence {
  readonly scenario: Scenario
  readonly platform: Platform
  readonly database: Database
  readonly console: Console
}

const ENDS = new Set(['live', 'failed', 'missed', 'cancelled', 'deleted', 'needs_attention'])

const byPost = (posts: readonly LivePost[]): Map<PostId, LivePost[]> => Map.groupBy(posts, (post) => post.of.postId)

const parentsOf = (live: readonly LivePost[], segment: number): readonly LivePost[] =>
  live.filter((post) => post.of.segment === segment - 1)

/** At most one create of each segment, whatever its revision; each hangs from the one before it. */
const once = (postId: PostId, live: readonly LivePost[]): Violation[] => {
  const violations: Violation[] = []
  for (const [segment, created] of Map.groupBy(live, (post) => post.of.segment)) {
    if (created.length > 1)
      violations.push(
        violation(
          'created twice',
          `segment ${segment} of post ${postId} was created ${created.length} times: ${created.map((c) => c.platformId).join(', ')}`,
        ),
      )
    const parents = parentsOf(live, segment)
    for (const post of created)
      if (segment > 0 && !parents.some((parent) => parent.platformId === post.parent))
        violations.push(
          violation(
            'out of order',
            `segment ${segment} of post ${postId} hangs from ${post.parent}, which is not segment ${segment - 1}`,
          ),
        )
  }
  if (new Set(live.map((post) => post.of.revision)).size > 1)
    violations.push(violation('live in two revisions', `post ${postId} is live in two revisions`))
  return violations
}

/** What was called off stays off. */
const calledOff = (postId: PostId, live: readonly LivePost[], said: boolean): Violation[] =>
  said && live.length > 0
    ? [
        violation(
          'live though called off',
          `post ${postId} was cancelled and is live as ${live.map((post) => post.platformId).join(', ')}`,
        ),
      ]
    : []

/** The content of the revision that is current. */
const hashOf = (row: Row | undefined): Hash => (row && dueView(row).submission?.hash) ?? UNKNOWN_HASH

/** Every post that was accepted ends visibly, or waits for the word of a person; what is live is known by its own id and by no other. */
export const violationsOf = ({ scenario, platform, database, console }: Evidence): Violation[] => {
  const violations: Violation[] = []
  const live = byPost(platform.posts)
  for (const { postId } of scenario.posts) {
    const row = database.rows.get(postId)
    const state = row === undefined ? null : stateOf(row)
    const created = live.get(postId) ?? []
    const facts = [...(row?.facts.values() ?? [])]
    violations.push(...once(postId, created))
    const said = facts.some((f) => f.type === 'post.cancelled') || console.cancels.get(postId) === 'cancelled'
    violations.push(...calledOff(postId, created, said))
    const isWaited = state === 'review' && !console.approved.has(hashOf(row))
    const isEnd = isWaited || (state !== null && ENDS.has(state))
    if ((console.accepted.has(postId) || created.length > 0) && !isEnd)
      violations.push(violation('without an end', `post ${postId} has no end: it is ${state ?? 'not recorded'}`))
    const published = facts.flatMap((f) => (f.type === 'post.segment_published' ? [f.body] : []))
    for (const post of created) {
      const known = published.some((p) => p.platformId === post.platformId && p.segment === post.of.segment)
      if (!known && state !== 'needs_attention')
        violations.push(
          violation(
            'not recorded',
            `segment ${post.of.segment} of post ${postId} is live as ${post.platformId} and is not recorded; the post is ${state}`,
          ),
        )
    }
    for (const { platformId, segment } of published)
      if (!created.some((post) => post.platformId === platformId && post.of.segment === segment))
        violations.push(
          violation(
            'recorded wrongly',
            `segment ${segment} of post ${postId} is recorded as ${platformId}, which is not it`,
          ),
        )
  }
  return violations
}
