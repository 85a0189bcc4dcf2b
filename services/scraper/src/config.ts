import { amqpVariables, integer, url } from '@surepost/shared/runtime'
import { z } from 'zod'

/** What the scraper needs to know; see README.md. */
export const configSchema = z.object({
  ...amqpVariables,
  X_BASE_URL: url('http', 'https').default('https://x.com'),
  /** Commands in hand at once, each waiting for or holding one background lease. */
  SCRAPER_PREFETCH: integer(1, 200).default(8),
})
