import { amqpVariables, integer, url } from '@surepost/shared/runtime'
import { z } from 'zod'

/** What the poster needs to know; see README.md. */
export const configSchema = z.object({
  ...amqpVariables,
  MEDIA_DIR: z.string().min(1),
  X_BASE_URL: url('http', 'https').default('https://x.com'),
  /** Posts in hand at once; each needs a lease of its own account, so more than the pool's slots only wait. */
  POSTER_PREFETCH: integer(1, 200).default(16),
})
