import { z } from 'zod'
import { ConfigError, UnavailableError, messageOf } from '../errors/index.ts'
import { definitions } from './policies.ts'

const TIMEOUT_MS = 10_000

/** Where a management API is and how to speak to it; `where` may be shown. */
const target = (
  managementUrl: string,
): { readonly base: URL; readonly where: string; readonly headers: Record<string, string> } => {
  const base = new URL(managementUrl)
  const user = decodeURIComponent(base.username)
  const password = decodeURIComponent(base.password)
  base.username = base.password = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return { base, where: base.host, headers: { authorization, 'content-type': 'application/json' } }
}

const call = async (managementUrl: string, path: string, init: RequestInit = {}): Promise<Response> => {
  const { base, where, headers } = target(managementUrl)
  const response = await fetch(new URL(`api/${path}`, base), {
    ...init,
    headers,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new UnavailableError(
      'rabbitmq',
      `RabbitMQ's management API at ${where} does not answer (${messageOf(cause)}).`,
      { cause: error },
    )
  })
  if (response.ok) return response
  const said = (await response.text()).slice(0, 300)
  if (response.status === 401 || response.status === 403)
    throw new ConfigError(
      `RabbitMQ's management API at ${where} refuses the user of RABBITMQ_MANAGEMENT_URL (HTTP ${response.status}): it needs the tag "monitoring" to verify policies and "administrator" to apply them.`,
    )
  if (response.status === 404)
    throw new ConfigError(`RabbitMQ's management API at ${where} does not know ${path}: does the vhost exist?`)
  throw new UnavailableError(
    'rabbitmq',
    `RabbitMQ's management API at ${where} answered HTTP ${response.status} to ${path}: ${said}`,
  )
}

/** The vhost of an AMQP URL; `/` when it names none. */
export const vhostOf = (amqpUrl: string): string => {
  const path = new URL(amqpUrl).pathname.slice(1)
  return path === '' ? '/' : decodeURIComponent(path)
}

/**
 * Put the policies of every durable queue in force. Idempotent; queues may be declared before or after.
 * @throws UnavailableError when the management API does not answer, ConfigError when it refuses the user
 */
export const applyPolicies = async (managementUrl: string, vhost: string, shards: number): Promise<void> => {
  const response = await call(managementUrl, 'definitions', {
    method: 'POST',
    body: JSON.stringify(definitions(vhost, shards)),
  })
  await response.arrayBuffer()
}

const QueueState = z.object({
  name: z.string(),
  type: z.string().optional(),
  // An empty one arrives as [] or not at all.
  effective_policy_definition: z.union([z.record(z.string(), z.unknown()), z.array(z.never())]).nullish(),
})
export type QueueState = z.infer<typeof QueueState>

/** Every queue of the vhost with the policy that is in force on it. */
export const readQueues = async (managementUrl: string, vhost: string): Promise<readonly QueueState[]> => {
  const response = await call(
    managementUrl,
    `queues/${encodeURIComponent(vhost)}?columns=name,type,effective_policy_definition`,
  )
  return z.array(QueueState).parse(await response.json())
}

const PolicyInForce = z.object({
  name: z.string(),
  pattern: z.string(),
  'apply-to': z.string(),
  priority: z.number(),
  definition: z.record(z.string(), z.unknown()),
})

/** Every policy of the vhost. */
export const readPolicies = async (
  managementUrl: string,
  vhost: string,
): Promise<readonly z.infer<typeof PolicyInForce>[]> => {
  const response = await call(managementUrl, `policies/${encodeURIComponent(vhost)}`)
  return z.array(PolicyInForce).parse(await response.json())
}
