import { z } from 'zod'

/** What the scraper needs to know; see README.md. */
export const configSchema = z.object({
  AMQP_URL: z.url(),
  RABBITMQ_MANAGEMENT_URL: z.url(),
  BROKER_SHARDS: z.coerce.number().int().min(1).default(1),
  X_BASE_URL: z.url().default('https://x.com'),
  /** Commands in hand at once, each waiting for or holding one background lease. */
  SCRAPER_PREFETCH: z.coerce.number().int().min(1).max(200).default(8),
})
