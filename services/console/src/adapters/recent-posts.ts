import { FACTS, type PostFact, type PostId } from '@surepost/shared/contracts'
import type { RecordedFact } from '@surepost/shared/messaging'
import { postOfFacts, submissionOf } from '../decisions/post-of-facts.ts'
import type { RecentPosts, Reservation } from '../ports.ts'

interface Entry {
  readonly reservation: Reservation
  readonly facts: Map<string, PostFact>
  /** Characters of its facts, roughly what it costs. */
  weight: number
  sent: boolean
}

/** Bounds: as many submissions, and as much of them, as a console may hold in memory. */
export interface RecentBounds {
  readonly entries: number
  readonly characters: number
}
const DEFAULT_BOUNDS: RecentBounds = { entries: 2_000, characters: 16_000_000 }
/** Facts kept per post: a thread of 25 with a few attempts each. */
const MAX_FACTS = 200

const POST_FACTS: ReadonlySet<string> = new Set(FACTS.map((f) => f.type).filter((type) => type.startsWith('post.')))
const isPostFact = (fact: RecordedFact): fact is PostFact => POST_FACTS.has(fact.type)

/** What this console knows of the latest posts without the database; the least recently used goes first. */
export const recentPosts = (bounds: RecentBounds = DEFAULT_BOUNDS): RecentPosts => {
  const entries = new Map<PostId, Entry>()
  let characters = 0

  const touch = (id: PostId): Entry | undefined => {
    const entry = entries.get(id)
    if (entry === undefined) return undefined
    entries.delete(id)
    entries.set(id, entry)
    return entry
  }
  const evict = (): void => {
    for (const [id, entry] of entries) {
      if (entries.size <= bounds.entries && characters <= bounds.characters) return
      entries.delete(id)
      characters -= entry.weight
    }
  }
  const add = (entry: Entry, fact: PostFact): void => {
    if (entry.facts.has(fact.id) || entry.facts.size >= MAX_FACTS) return
    const weight = JSON.stringify(fact.body).length
    entry.facts.set(fact.id, fact)
    entry.weight += weight
    characters += weight
    evict()
  }

  return {
    reserved: (id) => touch(id)?.reservation,
    reserve(id, reservation) {
      const there = touch(id)
      if (there !== undefined) return there.reservation
      entries.set(id, { reservation, facts: new Map(), weight: 0, sent: false })
      evict()
      return reservation
    },
    sent(id) {
      const entry = entries.get(id)
      if (entry !== undefined) entry.sent = true
    },
    isSent: (id) => entries.get(id)?.sent === true,
    observe(fact) {
      if (!isPostFact(fact)) return
      const entry = entries.get(fact.body.postId)
      if (entry !== undefined) add(entry, fact)
    },
    find(id) {
      const entry = touch(id)
      return entry === undefined ? undefined : postOfFacts([...entry.facts.values()])
    },
    submission: (id) => submissionOf([...(touch(id)?.facts.values() ?? [])])?.body,
  }
}
