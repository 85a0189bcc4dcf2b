import { type AccountId, type PlatformId, type PostId } from '@surepost/shared/contracts'
import type { Refusal } from '@surepost/platforms'
import type { Millis } from '../agenda.ts'
import type { World } from '../world.ts'

/** Longest that a create can be under way, and longest until the timeline shows it: together inside the settle window. */
export const UNDER_WAY_MOST_MS = 60_000
export const LAG_MOST_MS = 55_000

/** Which action a create was really for: only the judge looks at it, never a decision. */
export interface Truth {
  readonly postId: PostId
  readonly revision: number
  readonly segment: number
}

export interface LivePost {
  readonly platformId: PlatformId
  readonly account: AccountId
  readonly text: string
  readonly parent: PlatformId | null
  readonly landedAt: Millis
  /** When the timeline shows it first. */
  readonly visibleAt: Millis
  /** When it was deleted there. */
  goneAt: Millis | null
  readonly of: Truth
}

export interface CreateRequest {
  readonly account: AccountId
  readonly text: string
  readonly parent: PlatformId | null
  readonly of: Truth
}

export type CreateAnswer = { readonly created: LivePost } | { readonly refused: Refusal }

/** The social network: what is live there is the truth that everything is judged by. */
export interface Platform {
  readonly posts: readonly LivePost[]
  /** True while its pages do not work. */
  readonly troubled: boolean
  trouble(ms: Millis): void
  /** A request leaves now. Its answer comes, late or not at all; it may be carried out all the same. */
  create(request: CreateRequest, answer: (answer: CreateAnswer) => void): void
  /** What the account's own timeline shows at this moment, answers included. */
  timeline(account: AccountId): readonly LivePost[]
  find(platformId: PlatformId): LivePost | undefined
  /** A person deletes it there. */
  remove(post: LivePost): void
}

export const openPlatform = (world: World): Platform => {
  const { agenda, random, scenario, say } = world
  const posts: LivePost[] = []
  let troubledUntil = 0
  let ids = 0

  const isShown = (post: LivePost): boolean =>
    post.visibleAt <= agenda.now && (post.goneAt === null || post.goneAt > agenda.now)
  const land = (request: CreateRequest): LivePost => {
    ids += 1
    const lag = random.chance(scenario.lagRate) ? random.between(200, LAG_MOST_MS) : random.tail(200, 2_000)
    const post: LivePost = {
      ...request,
      platformId: `19${String(ids).padStart(17, '0')}` as PlatformId,
      landedAt: agenda.now,
      visibleAt: agenda.now + lag,
      goneAt: null,
    }
    posts.push(post)
    say('platform', () => `"${post.text}" is live as ${post.platformId}; its timeline shows it ${lag} ms later`)
    return post
  }
  const refusal = ({ account, text, parent }: CreateRequest): Refusal | null => {
    if (parent !== null && posts.some((p) => p.platformId === parent && p.goneAt !== null))
      return { kind: 'parent_gone', detail: 'the post to answer is gone' }
    const isThere = (p: LivePost): boolean => p.account === account && p.text === text && p.goneAt === null
    if (scenario.rejectsDuplicates && text !== '' && posts.some(isThere))
      return { kind: 'duplicate', detail: 'this text is there already' }
    if (!random.chance(scenario.refusalRate)) return null
    const until = new Date(agenda.now + random.between(60_000, 900_000))
    return random.pick<Refusal>([
      { kind: 'throttled', until, detail: 'slow down' },
      { kind: 'trouble', detail: 'the page did not work' },
      { kind: 'session', trouble: 'challenge', detail: 'prove that you are a person' },
      { kind: 'automation', detail: 'this looks automated' },
      { kind: 'rejected', code: 'too_long', detail: 'too long' },
    ])
  }
  return {
    posts,
    get troubled() {
      return agenda.now < troubledUntil
    },
    trouble(ms) {
      troubledUntil = Math.max(troubledUntil, agenda.now + ms)
      say('platform', () => `has trouble for ${ms / 1_000} s`)
    },
    create(request, answer) {
      if (random.chance(scenario.neverRate))
        return say('platform', () => `the request for "${request.text}" is lost on its way`)
      const underWay = random.chance(scenario.lateRate)
        ? random.between(400, UNDER_WAY_MOST_MS)
        : random.tail(400, 3_000)
      agenda.after(underWay, () => {
        const refused = refusal(request)
        const lost = random.chance(scenario.lostAnswerRate)
        if (refused !== null) say('platform', () => `refuses "${request.text}": ${refused.kind}`)
        const result: CreateAnswer = refused === null ? { created: land(request) } : { refused }
        if (lost) say('platform', () => `its answer for "${request.text}" is lost`)
        else agenda.after(random.tail(100, 20_000), () => answer(result))
      })
    },
    timeline: (account) => posts.filter((post) => post.account === account && isShown(post)),
    find: (platformId) => posts.find((post) => post.platformId === platformId),
    remove(post) {
      post.goneAt = agenda.now
      say('a person', () => `deletes ${post.platformId} ("${post.text}") on the platform`)
    },
  }
}
