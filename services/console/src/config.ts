import { amqpVariables, integer, list, port, secret, url } from '@surepost/shared/runtime'
import { z } from 'zod'

/** What the console needs to know; see README.md. */
export const configSchema = z
  .object({
    ...amqpVariables,
    RABBITMQ_MANAGEMENT_URL: url('http', 'https'),
    CONSOLE_HOST: z.string().default('127.0.0.1'),
    CONSOLE_PORT: port(),
    /** Proxies in front whose `X-Forwarded-*` headers are believed: behind TLS that ends there, the cookie is `Secure`. */
    TRUST_PROXY_HOPS: integer(0, 10).default(0),
    /** The key of the API's clients, and of the page's sign-in. */
    API_KEY: secret(16),
    SUPABASE_URL: url('http', 'https'),
    SUPABASE_SERVICE_ROLE_KEY: secret(16),
    /** One base URL per broker shard, in their order. */
    BROKER_URLS: list().pipe(z.array(url('http', 'https')).min(1)),
    BROKER_ADMIN_KEY: secret(16),
    /** Shared with the posters. */
    MEDIA_DIR: z.string().min(1),
    X_BASE_URL: url('http', 'https').default('https://x.com'),
    /** How far ahead a post may be scheduled, in days. */
    SCHEDULE_HORIZON_DAYS: integer(1, 3_650).default(365),
  })
  .refine((config) => config.BROKER_URLS.length === config.BROKER_SHARDS, {
    path: ['BROKER_URLS'],
    message: 'must be one URL per broker shard, so as many as BROKER_SHARDS says, with commas between',
  })
export type Config = z.output<typeof configSchema>
