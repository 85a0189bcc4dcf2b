import { z } from 'zod'
import { AccountId, PlatformName } from './ids.ts'
import { DEFAULT_CHECKS } from './metrics.ts'
import { ReplyRules } from './replies.ts'

/** How often one kind of action may be taken. Counted from the ledger, so it holds while the database is away. */
export const Budget = z.strictObject({
  perHour: z.int().min(0),
  perDay: z.int().min(0),
  /** Least time between the last possible click and the next, in seconds. */
  minGapSeconds: z.number().min(0),
})
export type Budget = z.infer<typeof Budget>

/** What an operator configures of an account. The session is not part of it: it never leaves the broker. */
export const AccountConfig = z.strictObject({
  id: AccountId,
  platform: PlatformName,
  handle: z.string().regex(/^[A-Za-z0-9_]{1,50}$/, 'must be a handle without the @'),
  budgets: z.strictObject({ post: Budget, reply: Budget }),
  /** Seconds after a segment went live at which it is measured. */
  checks: z
    .array(z.number().positive())
    .min(1)
    .max(50)
    .default([...DEFAULT_CHECKS]),
  replies: z
    .strictObject({
      enabled: z.boolean(),
      approval: z.enum(['review', 'auto']),
      voice: z.string().max(2_000),
      harvestEverySeconds: z.number().positive(),
      /** Left out: the rules' own defaults. */
      rules: ReplyRules.optional(),
      /**
       * While its profile does not carry the platform's label of an automated account: `required` (also when left out) lets its
       * answers wait, `alert` lets them go out. Both alert.
       */
      label: z.enum(['required', 'alert']).optional(),
    })
    .default({ enabled: false, approval: 'review', voice: '', harvestEverySeconds: 300 }),
})
export type AccountConfig = z.infer<typeof AccountConfig>

/** Conservative figures for an account that says nothing else. */
export const DEFAULT_BUDGETS: AccountConfig['budgets'] = {
  post: { perHour: 10, perDay: 50, minGapSeconds: 60 },
  reply: { perHour: 10, perDay: 40, minGapSeconds: 60 },
}
