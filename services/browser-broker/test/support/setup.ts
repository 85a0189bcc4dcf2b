import type { AccountId } from '@surepost/shared/contracts'
import { type Leases, connectLeases } from '@surepost/shared/leases'
import { type Bus, connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { type IsolatedEnvironment, eventually } from '@surepost/testkit'
import { processesOf } from '../../src/browsers/group.ts'
import { type BrokerOptions, type BrokerProcess, startBroker } from './broker-process.ts'
import { accountConfig, configure, cookieSite } from './fixtures.ts'

export interface Setup extends AsyncDisposable {
  readonly amqpUrl: string
  readonly broker: BrokerProcess
  readonly bus: Bus
  readonly leases: Leases
  readonly site: string
  /** A configured account with a session. */
  account(id: string): Promise<AccountId>
  /** Leases that take a slot now. */
  held(): Promise<{ leaseId: string; state: string; account: string }[]>
  /** Living browser processes of this broker, however they are related to it. */
  browsers(): Promise<number>
  idle(): Promise<void>
}

/** A broker, a bus and a lease client over one isolated environment. */
export const setUp = async (environment: IsolatedEnvironment, options: Partial<BrokerOptions> = {}): Promise<Setup> => {
  const { amqpUrl, rabbitmqManagementUrl: managementUrl } = environment.endpoints
  const site = await cookieSite()
  const env = { X_BASE_URL: site.url, ...options.env }
  const broker = await startBroker({ amqpUrl, managementUrl, ...options, env })
  const bus = await connectBus({ url: amqpUrl, managementUrl, service: 'test', shards: 1, log: silentLogger() })
  const leases = await connectLeases({ bus, shards: 1, log: silentLogger() })
  const held: Setup['held'] = () => broker.get('/leases')
  return {
    amqpUrl,
    broker,
    bus,
    leases,
    site: site.url,
    held,
    account: (id) => configure(bus, broker, accountConfig(id)),
    browsers: async () => (await processesOf(`${broker.dataDir}/browsers`)).length,
    idle: async () => void (await eventually(async () => (await held()).length === 0)),
    async [Symbol.asyncDispose]() {
      await leases[Symbol.asyncDispose]()
      await bus[Symbol.asyncDispose]()
      if (process.env['SHOW_BROKER'] !== undefined) process.stdout.write(`${broker.output.join('\n')}\n`)
      await broker[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}
