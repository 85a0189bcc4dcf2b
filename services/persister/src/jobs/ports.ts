import type { Database } from '@surepost/shared/database'
import type { Bus } from '@surepost/shared/messaging'
import type { Backlog } from '../handlers/backlog.ts'

/** What the jobs work with. */
export interface JobPorts {
  readonly database: Pick<Database, 'rpc' | 'read'>
  readonly bus: Pick<Bus, 'emit' | 'send' | 'deadLetters'>
  readonly backlog: Pick<Backlog, 'behind'>
  /** Number of broker shards of the installation. */
  readonly shards: number
  readonly lookAheadSeconds: number
  /** How long a reading that was asked for is not asked for again. */
  readonly readingClaimSeconds: number
}

/** The longest one call of a job may take. */
export const CALL_MS = 10_000
