import { findStack, StackError } from '@surepost/stack'

/** How to reach the parts of an installation. Holds secrets. */
export interface Installation {
  readonly amqpUrl: string
  readonly rabbitmqManagementUrl: string | undefined
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly shards: number
}

const NEEDED = ['AMQP_URL', 'SUPABASE_URL', 'SUPABASE_SERVICE_ROLE_KEY'] as const

/**
 * The installation that is meant: the one that the services' own variables name, else the local stack of a data folder.
 * @throws StackError with a sentence when only some of the variables are set, or when no stack runs
 */
export const installationOf = async (
  dataDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Installation> => {
  const given = NEEDED.filter((name) => (env[name] ?? '') !== '')
  if (given.length > 0 && given.length < NEEDED.length) {
    const lacking = NEEDED.filter((name) => !given.includes(name))
    throw new StackError(`${given.join(' and ')} is set, and ${lacking.join(' and ')} is not: set all or none.`)
  }
  if (given.length === NEEDED.length)
    return {
      amqpUrl: env['AMQP_URL'] ?? '',
      rabbitmqManagementUrl: env['RABBITMQ_MANAGEMENT_URL'],
      supabaseUrl: env['SUPABASE_URL'] ?? '',
      supabaseKey: env['SUPABASE_SERVICE_ROLE_KEY'] ?? '',
      shards: Number(env['BROKER_SHARDS'] ?? 1),
    }
  const { endpoints } = await findStack(dataDir).describe()
  const { amqpUrl, rabbitmqManagementUrl, supabaseUrl, supabaseKey } = endpoints
  return { amqpUrl, rabbitmqManagementUrl, supabaseUrl, supabaseKey, shards: 1 }
}
