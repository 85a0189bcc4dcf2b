import { postgresUrl } from './dependencies/postgres.ts'
import { rabbitmqUrls } from './dependencies/rabbitmq-access.ts'
import type { StackContext } from './dependencies/dependency.ts'
import { supabaseKey } from './secrets.ts'

/** How to reach RabbitMQ, Postgres and Supabase's API of one stack or of one isolated part of it. Holds secrets. */
export interface Endpoints {
  /** As the owner of the database. */
  readonly postgresUrl: string
  /** The virtual host is its path. */
  readonly amqpUrl: string
  /** With user and password; ends in `/`. */
  readonly rabbitmqManagementUrl: string
  /** The gateway: what supabase-js takes as URL; REST is below `/rest/v1`. */
  readonly supabaseUrl: string
  /** Key of the role `service_role`. */
  readonly supabaseKey: string
  /** Key of the role `anon`. */
  readonly supabaseAnonKey: string
}

/** Endpoints of a database, a virtual host and a gateway of this stack. */
export const endpointsOf = (
  context: StackContext,
  part: { readonly database: string; readonly vhost: string; readonly gatewayPort: number },
): Endpoints => {
  const { amqpUrl, managementUrl } = rabbitmqUrls(context, part.vhost)
  return {
    postgresUrl: postgresUrl(context, part.database),
    amqpUrl,
    rabbitmqManagementUrl: managementUrl,
    supabaseUrl: `http://127.0.0.1:${part.gatewayPort}`,
    supabaseKey: supabaseKey(context.secrets.jwtSecret, 'service_role'),
    supabaseAnonKey: supabaseKey(context.secrets.jwtSecret, 'anon'),
  }
}
