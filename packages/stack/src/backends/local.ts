import { gateway } from '../dependencies/gateway.ts'
import { postgres, POSTGRES_DATABASE } from '../dependencies/postgres.ts'
import { postgrest, postgrestProcess } from '../dependencies/postgrest.ts'
import { rabbitmq } from '../dependencies/rabbitmq.ts'
import { findRabbitmqServer } from '../system/find.ts'
import type { Backend } from './backend.ts'
import { rabbitmqInDocker } from './containers.ts'

/** Everything as processes of this machine; RabbitMQ in Docker where the machine has none. */
export const localBackend: Backend = {
  dependencies: (context) => ({
    postgres: postgres(context),
    rabbitmq: findRabbitmqServer() === undefined ? rabbitmqInDocker(context) : rabbitmq(context),
    postgrest: postgrest(context, POSTGRES_DATABASE),
    gateway: gateway(context),
  }),
  postgrest: postgrestProcess,
}
