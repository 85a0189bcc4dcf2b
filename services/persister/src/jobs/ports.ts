import type { Database } from '@surepost/shared/database'
import type { Bus } from '@surepost/shared/messaging'
import type { DueLimits } from './due-watch.ts'
import type { Asked } from '../handlers/asked.ts'
import type { Backlog } from '../handlers/backlog.ts'
import type { Outage } from '../handlers/outage.ts'

/** What the jobs work with. */
export interface JobPorts {
  readonly database: Pick<Database, 'rpc' | 'read'>
  readonly bus: Pick<Bus, 'emit' | 'send' | 'deadLetters'>
  readonly backlog: Pick<Backlog, 'behind'>
  readonly outage: Pick<Outage, 'endedAt'>
  /** Number of broker shards of the installation. */
  readonly shards: number
  readonly lookAheadSeconds: number
  /** How long a reading that was asked for is not asked for again. */
  readonly readingClaimSeconds: number
  readonly audits: AuditSchedule
  readonly dueLimits: DueLimits
  readonly jobGraceSeconds: number
  /** Why no more background work is asked for by this queue now: the brokers are full, or what waits is old. */
  readonly room: (queue: string) => string | undefined
  readonly asked: Pick<Asked, 'full'>
  /** Publish commands that wait for a poster, of all shards together, as last seen. */
  readonly publishing: { readonly waiting: () => number }
}

/** How accounts are audited, in seconds. */
export interface AuditSchedule {
  readonly everySeconds: number
  /** How far back an audit looks. */
  readonly windowSeconds: number
  /** How long a doubted id is looked for before a person is asked. */
  readonly recoverWithinSeconds: number
}

/** The longest one call of a job may take. */
export const CALL_MS = 10_000
