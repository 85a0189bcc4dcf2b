import { z } from 'zod'

/** A timestamp of Postgres, as JSON has it. */
export const Timestamp = z.iso.datetime({ offset: true }).transform((value) => new Date(value))

const Aged = z.object({ count: z.int(), oldestSeconds: z.number() })
/** What is due and not done; see the comment of the function. */
export const DueWork = z.object({
  posts: Aged,
  held: Aged,
  heldAccounts: z.array(z.string().nullable()),
  killSwitch: z.boolean(),
  checks: Aged,
  answers: Aged,
  unknown: Aged,
  askedReadings: Aged,
  paused: z.array(z.string()),
  alerts: z.array(z.string()),
  failing: z.array(z.object({ job: z.string(), account: z.string(), failures: z.int() })),
})
export type DueWork = z.infer<typeof DueWork>

/** Jobs that are due and do not run, and what is to be said of them. */
export const LateJobs = z.object({
  raise: z.array(z.object({ key: z.string(), job: z.string(), dueAt: Timestamp, lateSeconds: z.number() })),
  late: z.array(z.object({ job: z.string(), lateSeconds: z.number() })),
  clear: z.array(z.string()),
})

const Figure = z.number().nullable()
/** One span of time; seconds are null where nothing went live in it. */
export const Activity = z.object({
  at: Timestamp,
  live: z.int(),
  measured: z.int(),
  failed: z.int(),
  checks: z.int(),
  checksMissed: z.int(),
  toLiveMedian: Figure,
  toLiveMost: Figure,
  toRecordedMedian: Figure,
  toRecordedMost: Figure,
  views: Figure,
  likes: Figure,
  reposts: Figure,
  replies: Figure,
})

/** Accounts without their label, and what is to be said of them. */
export const LabelAlerts = z.object({
  raise: z.array(
    z.object({
      key: z.string(),
      handle: z.string(),
      /** It answers people all the same: `replies.label` is `alert`. */
      answers: z.boolean().nullable(),
    }),
  ),
  clear: z.array(z.string()),
})
