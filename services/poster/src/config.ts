import { z } from 'zod'

/** What the poster needs to know; see README.md. */
export const configSchema = z.object({
  AMQP_URL: z.url(),
  RABBITMQ_MANAGEMENT_URL: z.url(),
  BROKER_SHARDS: z.coerce.number().int().min(1).default(1),
  MEDIA_DIR: z.string().min(1),
  X_BASE_URL: z.url().default('https://x.com'),
  /** Posts in hand at once; each needs a lease of its own account, so more than the pool's slots only wait. */
  POSTER_PREFETCH: z.coerce.number().int().min(1).max(200).default(16),
})
export type Config = z.infer<typeof configSchema>
