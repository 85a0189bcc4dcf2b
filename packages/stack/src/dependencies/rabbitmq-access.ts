import type { StackContext } from './dependency.ts'

export const RABBITMQ_USER = 'surepost'
export const RABBITMQ_VHOST = 'surepost'

/** Where a service finds the broker. The virtual host is the last part of the AMQP URL. */
export const rabbitmqUrls = (
  { ports, secrets }: StackContext,
  vhost = RABBITMQ_VHOST,
): { readonly amqpUrl: string; readonly managementUrl: string } => ({
  amqpUrl: `amqp://${RABBITMQ_USER}:${secrets.rabbitmqPassword}@127.0.0.1:${ports.amqp}/${encodeURIComponent(vhost)}`,
  managementUrl: `http://${RABBITMQ_USER}:${secrets.rabbitmqPassword}@127.0.0.1:${ports.rabbitmqManagement}/`,
})

/** The `Authorization` header of the management API. */
export const managementAuth = ({ secrets }: StackContext): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${RABBITMQ_USER}:${secrets.rabbitmqPassword}`).toString('base64')}`,
})

/** What RabbitMQ's image makes its first user and virtual host from. */
export const rabbitmqEnv = ({ secrets }: StackContext): Readonly<Record<string, string>> => ({
  RABBITMQ_DEFAULT_USER: RABBITMQ_USER,
  RABBITMQ_DEFAULT_PASS: secrets.rabbitmqPassword,
  RABBITMQ_DEFAULT_VHOST: RABBITMQ_VHOST,
})
