import { newId } from '@surepost/shared/contracts'
import { FACTS_EXCHANGE } from '@surepost/shared/messaging'
import { connect } from 'amqplib'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from '../rounds.ts'
import { FACTS_OF_A_LIFE, emitLives } from './life.ts'
import { TABLE_SQL, plainBatches, untilKnown, usualConsumer } from './usual.ts'
import { type PersisterWorld, openPersister } from './world.ts'

export interface PersistBench extends Rounds {
  readonly dataDir: string
  /** Posts whose lives are recorded in each round. */
  readonly posts: number
}

const USUAL_QUEUE = 'bench.usual'
/** The usual consumer is an order of magnitude slower: a tenth of the messages tells its rate. */
const USUAL_SHARE = 10

const usual = ({ bus, endpoints, recorded, untilRecorded }: PersisterWorld, posts: number): Contender => ({
  name: 'usual consumer',
  measure: async () => {
    const model = await connect(endpoints.amqpUrl)
    try {
      const channel = await model.createChannel()
      await channel.deleteQueue(USUAL_QUEUE)
      await channel.assertQueue(USUAL_QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
      for (const key of ['post.#', 'metrics.#']) await channel.bindQueue(USUAL_QUEUE, FACTS_EXCHANGE, key)
      const few = Math.ceil(posts / USUAL_SHARE)
      const before = await recorded()
      await emitLives(bus, few)
      // The persister takes its copies first: it is not to work beside the one that is measured.
      await untilRecorded(before + few * FACTS_OF_A_LIFE)
      const rate = await usualConsumer(endpoints.amqpUrl, USUAL_QUEUE, endpoints, few * FACTS_OF_A_LIFE)
      await channel.deleteQueue(USUAL_QUEUE)
      return rate
    } finally {
      await model.close()
    }
  },
})

/**
 * `surepost bench persist`: facts per second from a full queue to committed rows, journal and projections included, beside
 * the usual consumer and beside batches without a broker.
 * @throws StackError
 */
export const benchPersist = async ({ dataDir, posts, ...rounds }: PersistBench): Promise<Verdict> => {
  await using world = await openPersister({ dataDir, ...rounds })
  const { client, endpoints, fromFullQueue } = world
  await client.query(TABLE_SQL)
  await untilKnown(endpoints)
  const row = () => ({ id: newId(), type: 'bench', body: { detail: 'x'.repeat(300) } })
  const contenders: readonly Contender[] = [
    { name: 'surepost', measure: () => fromFullQueue(posts) },
    usual(world, posts),
    {
      name: 'plain batches',
      measure: () => plainBatches(endpoints, Array.from({ length: posts * FACTS_OF_A_LIFE }, row)),
    },
  ]
  return verdictOf('persist', await interleaved(contenders, rounds), [
    { of: 'surepost', to: 'usual consumer', atLeast: 10 },
    { of: 'surepost', to: 'plain batches', atLeast: 0.5 },
  ])
}
