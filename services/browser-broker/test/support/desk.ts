import {
  LEASE_REQUESTS,
  LeaseAnswer,
  type AccountConfig,
  type AccountId,
  type WantedAction,
  newId,
} from '@surepost/shared/contracts'
import { type Bus, type Consumption, connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import type { IsolatedEnvironment } from '@surepost/testkit'
import { limitsOf, readConfig } from '../../src/config.ts'
import { leaseRequest } from '../../src/handlers/lease-request.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { OPEN } from '../../src/leases/admission.ts'
import { Desk } from '../../src/leases/desk.ts'
import { openEvents } from '../../src/leases/events.ts'
import { openLimits } from '../../src/leases/limits.ts'
import { goodEnvironment } from './environment.ts'
import { TestLedger } from './ledger.ts'
import { type TestPool, testPool } from './pool.ts'

const PLAYWRIGHT = '1.65.1'

/** The desk over a real RabbitMQ and a real ledger, with browsers that are only remembered. */
export interface TestDesk extends AsyncDisposable {
  readonly desk: Desk
  readonly pool: TestPool
  /** Browsers that leases have taken so far. */
  readonly taken: number
  account(id: string, budgets?: Partial<AccountConfig['budgets']>): AccountId
  readonly ledger: TestLedger
  /** Begin to take requests of publishing. */
  take(): Promise<Consumption>
}

/** @param limits two slots at least; nobody claims a lease here, so each ends after `claimMs` */
export const testDesk = async (
  environment: IsolatedEnvironment,
  { slots, claimMs }: { readonly slots: number; readonly claimMs: number },
): Promise<TestDesk> => {
  const bus = await busOf(environment)
  const testLedger = new TestLedger()
  testLedger.now = Date.now()
  const ledger: Pick<Ledger, 'ask'> = { ask: async (name, ...args) => testLedger.do(name, ...args) }
  const pool = testPool(slots)
  let taken = 0
  const counted = {
    take: (account: AccountId) => ((taken += 1), pool.pool.take(account)),
    giveBack: pool.pool.giveBack.bind(pool.pool),
  }
  const limits = openLimits({ ...limitsOf(readConfig(goodEnvironment)), slots, claimMs })
  const log = silentLogger()
  const events = openEvents(bus, 0, log)
  const publicUrl = 'ws://127.0.0.1:1'
  const reach = { away: undefined }
  const desk = new Desk({ bus, ledger, pool: counted, log, limits, events, admission: () => OPEN, reach, publicUrl })
  return {
    desk,
    pool,
    get taken() {
      return taken
    },
    account: (id, budgets) => testLedger.account(id, budgets),
    ledger: testLedger,
    take: () =>
      bus.consume([leaseRequest({ desk, ledger, playwright: PLAYWRIGHT }, 'act')], { prefetch: 200, shard: 0 }),
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]()
      await bus[Symbol.asyncDispose]()
      await pool[Symbol.asyncDispose]()
      testLedger[Symbol.dispose]()
    },
  }
}

export const busOf = ({ endpoints }: IsolatedEnvironment): Promise<Bus> =>
  connectBus({
    url: endpoints.amqpUrl,
    managementUrl: endpoints.rabbitmqManagementUrl,
    service: 'test',
    shards: 1,
    log: silentLogger(),
  })

/** Ask for an `act` lease by hand. @returns the answers that come, `waiting` among them */
export const askBy = async (bus: Bus, account: AccountId, action?: WantedAction): Promise<readonly LeaseAnswer[]> => {
  const answers: LeaseAnswer[] = []
  const inbox = await bus.inbox((body) => void answers.push(LeaseAnswer.parse(body)))
  const requestId = newId()
  const startBy = new Date(Date.now() + 60_000).toISOString()
  await bus.request(
    LEASE_REQUESTS.act,
    { requestId, account, class: 'act', startBy, playwright: PLAYWRIGHT, action },
    { replyTo: inbox.queue, correlationId: requestId, shard: 0 },
  )
  return answers
}
