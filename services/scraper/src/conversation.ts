import type { Mention, Turn } from '@surepost/shared/contracts'
import type { Lease } from '@surepost/shared/leases'
import type { PlatformSession, PostReading } from '@surepost/platforms'

/** As many turns as a mention carries, the last ones. */
const MOST_TURNS = 10
/** A page takes up to 30 s to load: the lease is renewed when less than that is left. */
const LEAST_LEASE_MS = 40_000
/** Reading goes on for so long; then what was read is told, so that a lease that is lost costs little. */
const MOST_READING_MS = 20_000

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
  readonly lease: Pick<Lease, 'expiresAt' | 'renew' | 'signal' | 'yielding'>
  /** Go on past a page that does not load: it was tried often enough. */
  readonly passOver: boolean
  readonly signal: AbortSignal
}

/**
 * Read each mention's own page: what it answers, and the conversation above it. Where a page cannot be read for good, both
 * are left out, and whoever decides about the mention knows that they are not known. Ends early, with what it has, when
 * its time is over, when publishing wants the account, or when the lease is lost.
 */
export const withConversations = async (given: Reading, mentions: readonly Mention[]): Promise<Read> => {
  const { lease, passOver } = given
  const endBy = Date.now() + MOST_READING_MS
  const read: Mention[] = []
  for (const mention of mentions) {
    if (read.length > 0 && (lease.yielding.aborted || Date.now() >= endBy)) break
    const reading = await readPage(given, mention).catch((error: unknown) => {
      if (read.length === 0 || !lease.signal.aborted) throw error
      return null
    })
    if (reading === null) break
    if (reading.kind !== 'read' && mayPass(reading) && !(reading.kind === 'unreadable' && passOver))
      return { mentions: read, trouble: reading }
    read.push(reading.kind === 'read' ? asRead(mention, reading) : mention)
  }
  return { mentions: read, trouble: null }
}

const readPage = async ({ session, lease, signal }: Reading, mention: Mention): Promise<PostReading> => {
  if (lease.expiresAt.getTime() - Date.now() < LEAST_LEASE_MS) await lease.renew()
  return session.readPost(mention, { signal })
}

const asRead = (mention: Mention, { post, above = [] }: Extract<PostReading, { kind: 'read' }>): Mention => ({
  ...mention,
  text: post.text,
  inReplyTo: post.inReplyTo,
  conversation: above.slice(-MOST_TURNS).map(turnOf),
})

/**
 * The oldest mentions of a reading, which is newest first: so many are looked at in one lease. The rest is newer, and the
 * next harvest goes on there.
 */
export const oldest = (mentions: readonly Mention[], most: number): readonly Mention[] =>
  mentions.toSorted((a, b) => Number(BigInt(a.platformId) - BigInt(b.platformId))).slice(0, most)
