import { z } from 'zod'
import { defineValue } from './define.ts'
import { Instant } from './ids.ts'

/** Whether everything outward is stopped, by whom and why. */
export const KillSwitch = z.strictObject({
  on: z.boolean(),
  by: z.string().max(200),
  reason: z.string().max(500),
  /** The message that said so (UUIDv7): one that was sent before it and comes late changes nothing. */
  said: z.uuid().optional(),
})
export type KillSwitch = z.infer<typeof KillSwitch>

/**
 * How far the ledger of a shard has got: its name, its last number, and what must hold even if it is lost. A ledger that
 * starts and has another name or a lower number than this is an old one, restored from a backup.
 */
export const LedgerStanding = defineValue({
  type: 'ledger.standing',
  version: 1,
  queue: 'broker.standing',
  sharded: true,
  body: z.strictObject({
    at: Instant,
    id: z.uuid(),
    seq: z.int().nonnegative(),
    killSwitch: KillSwitch,
  }),
})

/** What people were told last of each alert, so that they are not told twice, whichever persister tells them. */
export const AlertsTold = defineValue({
  type: 'alerts.told',
  version: 1,
  queue: 'persister.told',
  sharded: false,
  body: z.strictObject({
    told: z
      .array(z.strictObject({ key: z.string().max(200), said: z.enum(['raised', 'cleared']), at: Instant }))
      .max(1_000),
  }),
})

/** Every value there is. */
export const VALUES = [LedgerStanding, AlertsTold] as const

/** Whether a queue holds a value: what is in it is kept there, and is no work that waits. */
export const isValueQueue = (name: string): boolean =>
  VALUES.some(({ queue }) => name === queue || name.startsWith(`${queue}.`))
