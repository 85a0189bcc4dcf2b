import type { Mention, Turn } from '@surepost/shared/contracts'
import type { Lease } from '@surepost/shared/leases'
import type { PlatformSession, PostReading } from '@surepost/platforms'

/** As many turns as a mention carries, the last ones. */
const MOST_TURNS = 10
/** A page takes up to 30 s to load: the lease is renewed when less than that is left. */
const LEAST_LEASE_MS = 40_000

/** What stood in the way of the next page, so that it and all after it are read another time. */
export type Trouble = Exclude<PostReading, { kind: 'read' } | { kind: 'deleted' }>

export interface Read {
  readonly mentions: readonly Mention[]
  readonly trouble: Trouble | null
}

const turnOf = ({ platformId, author, text }: Turn): Turn => ({ platformId, author, text })

/** Pages that another try may read. The others are gone, or closed to us, and stay so. */
const mayPass = (reading: Exclude<PostReading, { kind: 'read' }>): reading is Trouble =>
  reading.kind === 'session' ||
  reading.kind === 'throttled' ||
  (reading.kind === 'unreadable' && ['went_wrong', 'unknown_page', 'not_loaded'].includes(reading.cause))

export interface Reading {
  readonly session: Pick<PlatformSession, 'readPost'>
  readonly lease: Pick<Lease, 'expiresAt' | 'renew'>
  /** Go on past a page that does not load: it was tried often enough. */
  readonly passOver: boolean
  readonly signal: AbortSignal
}

/**
 * Read each mention's own page: what it answers, and the conversation above it. Where a page cannot be read for good, both
 * are left out, and whoever decides about the mention knows that they are not known.
 */
export const withConversations = async (
  { session, lease, passOver, signal }: Reading,
  mentions: readonly Mention[],
): Promise<Read> => {
  const read: Mention[] = []
  for (const mention of mentions) {
    if (lease.expiresAt.getTime() - Date.now() < LEAST_LEASE_MS) await lease.renew()
    const reading = await session.readPost(mention, { signal })
    if (reading.kind === 'read') {
      const conversation = (reading.above ?? []).slice(-MOST_TURNS).map(turnOf)
      read.push({ ...mention, text: reading.post.text, inReplyTo: reading.post.inReplyTo, conversation })
    } else if (mayPass(reading) && !(reading.kind === 'unreadable' && passOver))
      return { mentions: read, trouble: reading }
    else read.push(mention)
  }
  return { mentions: read, trouble: null }
}

/**
 * The oldest mentions of a reading, which is newest first: so many are looked at in one lease. The rest is newer, and the
 * next harvest goes on there.
 */
export const oldest = (mentions: readonly Mention[], most: number): readonly Mention[] =>
  mentions.toSorted((a, b) => Number(BigInt(a.platformId) - BigInt(b.platformId))).slice(0, most)
