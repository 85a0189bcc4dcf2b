import type { AccountId, Hash, KillSwitch, MediaId, PlatformId, PlatformName, PostId } from '@surepost/shared/contracts'
import type { MediaStore } from '@surepost/shared/media'
import type { Bus, DeadLetterCount, Edited, RecordedFact, Which } from '@surepost/shared/messaging'
import type { Scope } from '@surepost/shared/runtime'
import type {
  AccountAnswer,
  Dependency,
  LeaseAnswer,
  LetterAnswer,
  LetterHead,
  PostAnswer,
  PressureAnswer,
  QueueDepth,
} from './api/shapes.ts'
import type {
  AlertRecords,
  AuditRecords,
  BreakerRecords,
  JobRecords,
  MentionRecords,
  PostRecords,
  Read,
  SeriesRecords,
  SubmissionBody,
} from './records.ts'

export type * from './records.ts'

/** What this process knows of posts by itself: submissions it made and facts it saw since. Bounded. */
export interface RecentPosts {
  /** What this id stands for, when a submission has reserved it. */
  reserved(id: PostId): Reservation | undefined
  /** Reserves the id unless it is reserved; answers what it stands for. */
  reserve(id: PostId, reservation: Reservation): Reservation
  /** Adds a fact of a post whose id is reserved; other facts are passed over. */
  observe(fact: RecordedFact): void
  /** Everything that its submission says has been confirmed. */
  sent(id: PostId): void
  isSent(id: PostId): boolean
  find(id: PostId): PostAnswer | undefined
  /** What was submitted, in its latest revision. */
  submission(id: PostId): SubmissionBody | undefined
}
/** All of a submission that a repeat must repeat. */
export interface Reservation {
  readonly account: AccountId
  readonly hash: Hash
  readonly scheduledAt: string | null
  readonly approval: 'auto' | 'review'
}

/** Accounts as their brokers know them. @throws UnavailableError when no broker answers and nothing is cached */
export interface Accounts {
  /** Asks the account's broker once more before it says `undefined`. */
  find(id: AccountId, read: Read): Promise<AccountAnswer | undefined>
  list(read: Read): Promise<readonly AccountAnswer[]>
  /** The post that has one of these texts already, until it may be said again; undefined: none. @throws UnavailableError */
  sameText(id: AccountId, hashes: readonly Hash[], except: PostId, read: Read): Promise<Twin | undefined>
  /** Hands a Playwright storageState to the account's broker. @throws UnavailableError */
  storeSession(id: AccountId, storageState: unknown, read: Read): Promise<void>
  /** What the broker said last may be stale: ask again soon. */
  expire(): void
  shardOf(id: AccountId): number
}

/** The first post with a text. */
export interface Twin {
  readonly postId: PostId
  /** Null while it is being published. */
  readonly platformId: PlatformId | null
  /** From then on the text may be said again. */
  readonly until: Date
}

/** What the ledger of one shard holds of the kill switch. */
export interface ShardSwitch {
  readonly shard: number
  readonly killSwitch: KillSwitch
}

export interface Pool {
  /** How many shards the installation has. */
  readonly shards: number
  /** One entry per shard that answered. */
  killSwitches(read: Read): Promise<readonly ShardSwitch[]>
  /** Of the shards that answered. */
  leases(read: Read): Promise<readonly LeaseAnswer[]>
  /** One entry per shard that answered. */
  pressure(read: Read): Promise<readonly PressureAnswer[]>
}

/** A queue as RabbitMQ tells it, with how many of its messages were ever acked. */
export type QueueReading = Omit<QueueDepth, 'ageMs'> & { readonly acked: number }

export interface Queues {
  /** @throws UnavailableError when the management API does not answer */
  depths(read: Read): Promise<readonly QueueDepth[]>
  /** Depths of one queue as they were read lately, oldest first. */
  history(name: string): readonly number[]
}

/** What this console stands on, asked again and again. */
export interface Watch {
  dependencies(): readonly Dependency[]
  /** Told whenever one goes away or comes back. */
  subscribe(changed: (all: readonly Dependency[]) => void): () => void
}

/** Messages that could not be handled, by the queue of their origin. Every method throws UnavailableError while RabbitMQ is away. */
export interface DeadLetterBox {
  /** Every queue that letters can be of; the methods take no other. */
  readonly queues: readonly string[]
  counts(read: Read): Promise<readonly DeadLetterCount[]>
  list(queue: string, limit: number, read: Read): Promise<readonly LetterHead[]>
  get(queue: string, id: string, read: Read): Promise<LetterAnswer | undefined>
  /** The new message's id; undefined: there is no such letter. */
  replayEdited(queue: string, id: string, edited: Edited, read: Read): Promise<string | undefined>
  /** Returns how many; so does `discard`. */
  replay(queue: string, which: Which, read: Read): Promise<number>
  discard(queue: string, which: Which, read: Read): Promise<number>
}

/** Where a post of an account is on its platform, and since when, by its id alone. */
type Locate = (
  platform: PlatformName,
  handle: string,
  platformId: PlatformId,
) => { readonly platformId: PlatformId; readonly url: string; readonly publishedAt: string }

/** Weighted length as the platform counts it. */
type Measure = (platform: PlatformName, text: string) => { readonly length: number; readonly limit: number }

interface Clock {
  now(): Date
}

/** Facts as they happen, for the live views. */
export interface LiveFacts {
  subscribe(receive: (fact: RecordedFact) => void): () => void
}

/** All that the API stands on. */
export interface Ports {
  readonly bus: Pick<Bus, 'emit' | 'send' | 'ask'>
  readonly posts: PostRecords
  readonly recent: RecentPosts
  readonly accounts: Accounts
  readonly pool: Pool
  readonly queues: Queues
  readonly dead: DeadLetterBox
  readonly alerts: AlertRecords
  readonly audits: AuditRecords
  readonly jobs: JobRecords
  readonly breakers: BreakerRecords
  readonly mentions: MentionRecords
  readonly series: SeriesRecords
  readonly watch: Watch
  readonly media: Pick<MediaStore, 'put' | 'get'> & { has(id: MediaId): Promise<boolean> }
  readonly live: LiveFacts
  readonly measure: Measure
  readonly locate: Locate
  readonly clock: Clock
  readonly policy: Policy
  readonly log: Scope['log']
}

/** Seconds; see config.ts. */
export interface Policy {
  /** How far ahead a post may be scheduled. */
  readonly horizon: number
}
