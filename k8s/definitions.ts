import { pathToFileURL } from 'node:url'
import { definitions } from '@surepost/shared/messaging'

/** The virtual host of the manifests. */
export const VHOST = 'surepost'
/** The user that the services connect as; its password is in the Secret surepost-rabbitmq-users. */
export const SERVICES_USER = 'surepost'

/** An installation may have up to so many broker shards with these definitions; policies for queues that are not there do nothing. */
const MOST_SHARDS = 4

/** What RabbitMQ imports at start: everything but users and what the services declare themselves. */
export const rabbitmqDefinitions = () => ({
  vhosts: [{ name: VHOST }],
  permissions: [{ user: SERVICES_USER, vhost: VHOST, configure: '.*', write: '.*', read: '.*' }],
  ...definitions(VHOST, MOST_SHARDS),
})

export const definitionsFile = (): string => `${JSON.stringify(rabbitmqDefinitions(), undefined, 2)}\n`

// As a command it writes the file's contents.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(definitionsFile())
