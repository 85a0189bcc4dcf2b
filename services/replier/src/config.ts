import { z } from 'zod'

const common = {
  AMQP_URL: z.url(),
  RABBITMQ_MANAGEMENT_URL: z.url(),
  BROKER_SHARDS: z.coerce.number().int().min(1).default(1),
  X_BASE_URL: z.url().default('https://x.com'),
}

/** What the replier needs to know; see README.md. A model needs an address, a key and a name; templates need nothing. */
export const configSchema = z.discriminatedUnion('REPLIER_DRAFTER', [
  z.object({
    ...common,
    REPLIER_DRAFTER: z.literal('llm'),
    LLM_BASE_URL: z.url(),
    LLM_API_KEY: z.string().min(1),
    LLM_MODEL: z.string().min(1),
    LLM_TIMEOUT_MS: z.coerce.number().int().min(1_000).default(30_000),
  }),
  z.object({ ...common, REPLIER_DRAFTER: z.literal('templates') }),
])
