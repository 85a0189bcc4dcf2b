import { PublishPost } from '@surepost/shared/contracts'
import { connectDatabase } from '@surepost/shared/database'
import { type Bus, type Delivery, type RecordedFact, done, handle } from '@surepost/shared/messaging'
import { Registry, silentLogger } from '@surepost/shared/runtime'
import type { IsolatedEnvironment } from '@surepost/testkit'
import type { z } from 'zod'

/** What the persister and the poster would have received; facts are applied to the database as the persister does. */
export interface Recorder extends AsyncDisposable {
  readonly facts: RecordedFact[]
  readonly commands: Delivery<z.output<typeof PublishPost.body>>[]
  apply(facts: readonly RecordedFact[]): Promise<void>
  ofPost(id: string): readonly RecordedFact[]
}

export const recorder = async (env: IsolatedEnvironment, bus: Bus, options = { apply: true }): Promise<Recorder> => {
  const database = connectDatabase({
    url: env.endpoints.supabaseUrl,
    key: env.endpoints.supabaseKey,
    log: silentLogger(),
    registry: new Registry(),
  })
  const facts: RecordedFact[] = []
  const commands: Recorder['commands'] = []
  const apply = async (batch: readonly RecordedFact[]): Promise<void> =>
    void (await database.rpc('apply_facts', { facts: batch }))
  const takingFacts = await bus.consumeFactBatches(
    'persister.facts',
    async (batch) => {
      if (options.apply) await apply(batch)
      facts.push(...batch)
      return batch.map(() => done)
    },
    { max: 50, lingerMs: 5 },
  )
  const takingCommands = await bus.consume(
    [
      handle(PublishPost, async (delivery) => {
        commands.push(delivery)
        return done
      }),
    ],
    { prefetch: 50, shard: 0 },
  )
  return {
    facts,
    commands,
    apply,
    ofPost: (id) => facts.filter(({ body }) => (body as { postId?: string }).postId === id),
    async [Symbol.asyncDispose]() {
      await takingCommands[Symbol.asyncDispose]()
      await takingFacts[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
