import { amqpVariables, integer, milliseconds, secret, url } from '@surepost/shared/runtime'
import { z } from 'zod'

/** An amount of money in dollars, such as 2.50. */
const dollars = () =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'must be an amount in dollars like 2.50')
    .transform(Number)

const common = { ...amqpVariables, X_BASE_URL: url('http', 'https').default('https://x.com') }

/** What the replier needs to know; see README.md. A model needs an address, a key and a name; templates need nothing. */
export const configSchema = z.discriminatedUnion('REPLIER_DRAFTER', [
  z.object({
    ...common,
    REPLIER_DRAFTER: z.literal('llm'),
    LLM_BASE_URL: url('http', 'https'),
    LLM_API_KEY: secret(),
    LLM_MODEL: z.string().min(1),
    LLM_TIMEOUT_MS: milliseconds(1_000, 60_000).default(30_000),
    /** The day's budget, of all accounts and replicas together; the day is UTC's. */
    LLM_TOKENS_PER_DAY: integer(0, 1_000_000_000).default(1_000_000),
    LLM_COST_PER_DAY: dollars().default(5),
    /** Dollars for a million tokens: dear, unless said otherwise, so that a forgotten price does not spend more than meant. */
    LLM_INPUT_PRICE: dollars().default(10),
    LLM_OUTPUT_PRICE: dollars().default(30),
    LLM_REST_MS: milliseconds(1_000).default(3_600_000),
  }),
  z.object({ ...common, REPLIER_DRAFTER: z.literal('templates') }),
])
export type Config = z.output<typeof configSchema>
