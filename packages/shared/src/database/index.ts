export type { CallOptions } from './calls.ts'
export type { Query, ReadClient } from './client.ts'
export * from './database.ts'
export {
  DataRefusedError,
  DatabaseSlowError,
  DatabaseWrongError,
  LockLostError,
  classify,
  type Trouble,
  type Verdict,
} from './errors.ts'
export type { BreakerState } from './metrics.ts'
export type { ClaimedCheck, DuePost, ExpiredCheck, UnplannedSegment } from './due-rows.ts'
export { MIGRATIONS, missingMigrations } from './migrations.ts'
export {
  type AnswerOf,
  type AppliedFact,
  type ArgsOf,
  type AuditScope,
  type ClaimedHarvest,
  type DueWork,
  type ExpiredDoubt,
  type Fence,
  type OpenMention,
  PROCEDURES,
  type PlannedCheck,
  type ProcedureName,
  type ScopedSegment,
} from './procedures.ts'
export type * from './rows.ts'
export type { Schema } from './schema.ts'

/** A timestamp of a row as the contracts write instants: `2026-01-31T12:00:00.000Z`. */
export const toInstant = (timestamp: string): string => new Date(timestamp).toISOString()
