import { AccountId } from '@surepost/shared/contracts'
import { DEFAULT_POLICY } from '../../../services/browser-broker/src/ledger/policy.ts'
import { agendaFrom } from './agenda.ts'
import { openAudit } from './audit.ts'
import { type Broker, openBroker } from './broker/broker.ts'
import { type Violation, violationsOf } from './checks.ts'
import { openConsole } from './console.ts'
import { type SaidFact, isOfPost } from './facts.ts'
import { faultsOf } from './faults.ts'
import { type Say, lineOf, numbered, silent } from './journal.ts'
import type { Parcel } from './ledger/rows.ts'
import { type People, openPeople } from './people.ts'
import { type Persister, openPersister } from './persister/persister.ts'
import { openPlatform } from './platform/platform.ts'
import { openPoster } from './poster/poster.ts'
import { type Message, openWorkQueue, publishing } from './poster/work-queue.ts'
import { randomOf } from './random.ts'
import { openRabbit } from './rabbit.ts'
import { scenarioOf } from './scenario.ts'
import type { Variant } from './variants/variant.ts'
import type { World } from './world.ts'

export interface Verdict {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly steps: number
  readonly creates: number
}

/** After the last post's `notAfter` everything must have ended within this much virtual time. */
const BOUND_MS = 12 * 60 * 60_000
/** More events than any schedule needs: something goes round in circles. */
const MOST_STEPS = 100_000

/** Run one schedule from its seed, to its end. `listen` is given one line for each step, in words. */
export const runSchedule = async (
  seed: number,
  variant: Variant,
  listen?: (line: string) => void,
): Promise<Verdict> => {
  const random = randomOf(seed)
  const scenario = scenarioOf(random)
  const agenda = agendaFrom(scenario.start)
  const say: Say =
    listen === undefined ? silent : (who, what) => listen(numbered(lineOf(agenda.now - scenario.start, who, what())))
  const faults = faultsOf(scenario.faults, random, agenda, say)
  let ids = 0
  let woken = false
  const newId = (): string => `00000000-0000-7000-9000-${String((ids += 1)).padStart(12, '0')}`
  const world: World = { agenda, random, say, scenario, variant, faults, newId, wake: () => void (woken = true) }
  const { platform, persister, console } = compose(world)
  const until = Math.max(...scenario.posts.map((post) => post.notAfter)) + BOUND_MS
  let steps = 0
  while (steps < MOST_STEPS && agenda.step(until)) {
    steps += 1
    if (!woken) continue
    woken = false
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const violations = violationsOf({ scenario, platform, database: persister.database, console })
  for (const violation of violations) listen?.(numbered(`${violation.guarantee} is broken: ${violation.sentence}`))
  return { seed, violations, steps, creates: platform.posts.length }
}

/** Put the parts together, as the services' own `main.ts` and RabbitMQ do. */
const compose = (world: World) => {
  const { scenario, agenda, faults } = world
  const policy = { ...DEFAULT_POLICY, ...world.variant.policy }
  const rabbit = openRabbit(world)
  const platform = openPlatform(world)
  const queue = openWorkQueue(world, rabbit, (message) => people.onDead(message))
  const send = (message: Message): void => queue.push(message)
  const say = (fact: SaidFact): void => {
    if (!isOfPost(fact)) return
    persister.push(fact)
    if (fact.type === 'post.segment_published') broker.facts.push({ settles: 'published', body: fact.body })
    if (fact.type === 'post.segment_deleted') broker.facts.push({ settles: 'deleted', body: fact.body })
  }
  const fromLedger = ({ seq, id, ledger, write }: Parcel): void => {
    if ('send' in write) return send(publishing(id, write.body))
    if (write.emit === 'account.paused') {
      if (write.body.until === null) people.onWanted(AccountId.parse(write.body.account))
      return
    }
    say({ id, type: write.emit, body: { ...write.body, ledger: { id: ledger, seq } } } as SaidFact)
  }
  const broker: Broker = openBroker(world, rabbit, policy, fromLedger, () => people.onLedgerLost())
  const persister: Persister = openPersister(world, rabbit, { say, send })
  const people: People = openPeople(world, broker, () => queue)
  const console = openConsole(world, rabbit, broker, persister, platform, { say, send })
  const ports = { rabbit, broker, platform, queue, say }
  const posters = Array.from({ length: scenario.posters }, (_, i) => openPoster(world, `poster-${i + 1}`, ports))
  openAudit(world, rabbit, platform, broker, persister.database, say)
  for (const at of scenario.backups) agenda.at(at, broker.backup)
  broker.desk.open()
  faults.aim({
    posters,
    broker: broker.machine,
    persister: persister.machine,
    console: console.machine,
    rabbitOutage: rabbit.outage,
    databaseOutage: persister.databaseOutage,
    platformTrouble: platform.trouble,
    crashBroker: broker.crash,
  })
  return { platform, persister, console }
}
