import { z } from 'zod'
import { AuditReport, Instant } from '@surepost/shared/contracts'
import { Next } from '../paging.ts'

// What was found: alerts, audits, dead letters.

/** A condition: its last raising and its last clearing. */
export const AlertAnswer = z.object({
  key: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  /** What is wrong and what to do. */
  sentence: z.string(),
  raisedAt: Instant,
  /** How often it was raised. */
  times: z.int().min(1),
  clearedAt: Instant.nullable(),
  active: z.boolean(),
  /** Where it is written what to look at and what to do, such as `docs/RUNBOOK.md#database-away`. */
  runbook: z.string().nullable(),
})
export type AlertAnswer = z.infer<typeof AlertAnswer>

/** What an audit found; see `AuditReport` of the contracts. */
export const AuditAnswer = AuditReport.omit({ auditId: true }).extend({ id: z.uuid() })
export type AuditAnswer = z.infer<typeof AuditAnswer>
export const AuditPage = z.object({ audits: z.array(AuditAnswer), next: Next })

/** A message that could not be handled, without what is in it. */
export const LetterHead = z.object({
  /** Empty where the sender gave none. */
  id: z.string(),
  type: z.string(),
  /** The queue that it was parked from. */
  queue: z.string(),
  reason: z.string(),
  /** Number of the attempt at which it was parked. */
  attempts: z.int().min(1),
  /** When it was parked; null where RabbitMQ itself did it. */
  at: Instant.nullable(),
  firstSeen: Instant.nullable(),
  correlationId: z.string().nullable(),
  /** Bytes of its body. */
  size: z.int().min(0),
})
export type LetterHead = z.infer<typeof LetterHead>

export const LetterAnswer = LetterHead.extend({
  stack: z.string().nullable(),
  encoding: z.enum(['json', 'base64']),
  /** The JSON that the message is, or its bytes in base64. */
  body: z.unknown(),
})
export type LetterAnswer = z.infer<typeof LetterAnswer>
