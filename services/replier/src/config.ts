import { amqpVariables, milliseconds, secret, url } from '@surepost/shared/runtime'
import { z } from 'zod'

const common = { ...amqpVariables, X_BASE_URL: url('http', 'https').default('https://x.com') }

/** What the replier needs to know; see README.md. A model needs an address, a key and a name; templates need nothing. */
export const configSchema = z.discriminatedUnion('REPLIER_DRAFTER', [
  z.object({
    ...common,
    REPLIER_DRAFTER: z.literal('llm'),
    LLM_BASE_URL: url('http', 'https'),
    LLM_API_KEY: secret(),
    LLM_MODEL: z.string().min(1),
    LLM_TIMEOUT_MS: milliseconds(1_000).default(30_000),
  }),
  z.object({ ...common, REPLIER_DRAFTER: z.literal('templates') }),
])
