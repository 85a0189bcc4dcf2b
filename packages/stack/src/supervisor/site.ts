import { join } from 'node:path'
import type { StackContext } from '../dependencies/dependency.ts'
import { POSTGRES_DATABASE } from '../dependencies/postgres.ts'
import { RABBITMQ_VHOST } from '../dependencies/rabbitmq-access.ts'
import { endpointsOf, type Endpoints } from '../endpoints.ts'
import type { Ports } from '../ports.ts'

/** Where one set of services lives: the stack's own, or that of an isolate. */
export interface Site {
  /** Absolute; ledgers, profiles and media are below it. */
  readonly dir: string
  readonly logDir: string
  readonly ports: Ports
  readonly endpoints: Endpoints
}

/** The stack's own set. */
export const mainSite = (context: StackContext): Site => ({
  dir: context.dataDir,
  logDir: context.logDir,
  ports: context.ports,
  endpoints: endpointsOf(context, {
    database: POSTGRES_DATABASE,
    vhost: RABBITMQ_VHOST,
    gatewayPort: context.ports.gateway,
  }),
})

/** The set of an isolate, with ports of its own. */
export const isolateSite = (context: StackContext, id: string, ports: Ports, endpoints: Endpoints): Site => ({
  dir: join(context.dataDir, id),
  logDir: join(context.dataDir, id),
  ports,
  endpoints,
})

/** What a client needs to know of a set of services. */
export interface SiteDescription {
  readonly endpoints: Endpoints
  readonly playgroundUrl: string
  readonly consoleUrl: string
  readonly brokerUrl: string
  readonly apiKey: string
  readonly brokerAdminKey: string
}

export const describeSite = ({ secrets }: StackContext, { ports, endpoints }: Site): SiteDescription => ({
  endpoints,
  playgroundUrl: `http://127.0.0.1:${ports.playground}`,
  consoleUrl: `http://127.0.0.1:${ports.console}`,
  brokerUrl: `http://127.0.0.1:${ports.broker}`,
  apiKey: secrets.apiKey,
  brokerAdminKey: secrets.brokerAdminKey,
})
