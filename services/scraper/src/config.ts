import { amqpVariables, integer, secret, url } from '@surepost/shared/runtime'
import { z } from 'zod'

/** What the scraper needs to know; see README.md. */
export const configSchema = z.object({
  ...amqpVariables,
  /** Audits compare a page with what is recorded: the database is read, never written. */
  SUPABASE_URL: url('http', 'https'),
  SUPABASE_SERVICE_ROLE_KEY: secret(20),
  X_BASE_URL: url('http', 'https').default('https://x.com'),
  /** Where pictures and trimmed HTML of pages that could not be read are kept; none are without it. */
  EVIDENCE_DIR: z.string().min(1).optional(),
  EVIDENCE_MOST: integer(1, 10_000).default(100),
  EVIDENCE_DAYS: integer(1, 365).default(7),
  /** Commands in hand at once, each waiting for or holding one background lease. */
  SCRAPER_PREFETCH: integer(1, 200).default(8),
})
