import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startStack } from '@surepost/stack'
import { connect } from 'amqplib'
import { JobRan, newId } from '@surepost/shared/contracts'
import { FACTS_EXCHANGE, connectBus } from '@surepost/shared/messaging'
import { Registry, silentLogger } from '@surepost/shared/runtime'
import { jobRan } from '../fixtures/bodies.ts'

/**
 * What the bus costs: facts of 1 KB, persistent, mandatory and confirmed into a quorum queue, by `bus.emit` and by
 * amqplib alone, in turns on one private RabbitMQ, 500 in flight.
 * `node packages/shared/test/bench/publish.ts [--rounds 10] [--messages 20000] [--json]`
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    messages: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const [rounds, messages] = [Number(values.rounds), Number(values.messages)]
const IN_FLIGHT = 500
const detail = 'x'.repeat(800)

interface Cost {
  readonly perSecond: number
  /** Processor time of this process for one message: what is left when the machine is busy with other things. */
  readonly cpuMicros: number
}

/** What a sender costs that has `IN_FLIGHT` messages under way. */
const costOf = async (send: () => Promise<void>): Promise<Cost> => {
  let left = messages
  const began = performance.now()
  const cpu = process.cpuUsage()
  const sender = async (): Promise<void> => {
    while ((left -= 1) >= 0) await send()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender))
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: messages / ((performance.now() - began) / 1_000), cpuMicros: (user + system) / messages }
}

const median = (numbers: readonly number[]): number =>
  Math.round(numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0)

await using stack = await startStack({ dataDir: await mkdtemp(join(tmpdir(), 'surepost-bench-')), ephemeral: true })
const { endpoints } = await stack.createIsolate()
const options = { service: 'bench', shards: 1, log: silentLogger(), registry: new Registry() }
await using bus = await connectBus({ ...options, url: endpoints.amqpUrl })
const model = await connect(endpoints.amqpUrl, { noDelay: true })
const channel = await model.createConfirmChannel()
const content = Buffer.from(JSON.stringify(jobRan(detail)))

const raw = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const properties = { persistent: true, mandatory: true, messageId: newId(), type: JobRan.type }
    channel.publish(FACTS_EXCHANGE, JobRan.type, content, properties, (error: unknown) =>
      error === null ? resolve() : reject(error),
    )
  })
const emit = (): Promise<void> => bus.emit(JobRan, jobRan(detail))

const senders = { amqplib: raw, bus: emit }
const found: Record<keyof typeof senders, Cost[]> = { amqplib: [], bus: [] }
for (let round = 0; round <= rounds; round += 1) {
  for (const name of ['amqplib', 'bus'] as const) {
    if ((values.only ?? name) !== name) continue
    const cost = await costOf(senders[name])
    // The first is a warm-up.
    if (round > 0) found[name].push(cost)
  }
  await channel.purgeQueue('persister.facts')
}
await channel.close()
await model.close()
const result = Object.entries(found).map(([name, costs]) => ({
  name,
  perSecond: median(costs.map(({ perSecond }) => perSecond)),
  cpuMicros: median(costs.map(({ cpuMicros }) => cpuMicros)),
}))
process.stdout.write(
  values.json
    ? `${JSON.stringify(result)}\n`
    : result.map(({ name, perSecond, cpuMicros }) => `${name} ${perSecond}/s, ${cpuMicros} µs of CPU each\n`).join(''),
)
