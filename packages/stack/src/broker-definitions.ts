import { definitions } from '@surepost/shared/messaging'
import type { StackContext } from './dependencies/dependency.ts'
import { managementAuth, RABBITMQ_USER } from './dependencies/rabbitmq-access.ts'
import { StackError } from './errors.ts'

/** Far more than any call needs, even on a machine that is busy with other things. */
const TIMEOUT_MS = 90_000

/** The local stack has one broker, so one shard. */
export const BROKER_SHARDS = 1

/**
 * Call RabbitMQ's management API.
 * @param body sent as JSON when given
 * @throws StackError with the answer's own reason
 */
export const management = async (
  context: StackContext,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> => {
  const response = await fetch(`http://127.0.0.1:${context.ports.rabbitmqManagement}/api/${path}`, {
    method,
    headers: { ...managementAuth(context), 'content-type': 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new StackError(`RabbitMQ's management API did not answer ${method} ${path} within ${TIMEOUT_MS / 1_000} s.`, {
      cause,
    })
  })
  const text = await response.text()
  if (!response.ok && !(method === 'DELETE' && response.status === 404)) {
    throw new StackError(`RabbitMQ refused ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`)
  }
  return text === '' ? undefined : JSON.parse(text)
}

/** Bring one virtual host to the policies that the messaging module defines. */
export const applyDefinitions = async (context: StackContext, vhost: string): Promise<void> => {
  await management(context, 'POST', 'definitions', definitions(vhost, BROKER_SHARDS))
}

/** Make a virtual host that the stack's user may use, with the policies applied. */
export const createVhost = async (context: StackContext, vhost: string): Promise<void> => {
  const name = encodeURIComponent(vhost)
  await management(context, 'PUT', `vhosts/${name}`)
  await management(context, 'PUT', `permissions/${name}/${RABBITMQ_USER}`, { configure: '.*', write: '.*', read: '.*' })
  await applyDefinitions(context, vhost)
}

export const deleteVhost = async (context: StackContext, vhost: string): Promise<void> => {
  await management(context, 'DELETE', `vhosts/${encodeURIComponent(vhost)}`)
}
