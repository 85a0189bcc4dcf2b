import type { IsolatedEnvironment } from '@surepost/testkit'
import { type TestConsole, testConsole } from './fixture.ts'
import { type Gate, gate } from './gate.ts'
import { type Recorder, recorder } from './recorder.ts'

/** A console whose ways to the database and to RabbitMQ can be shut, beside a recorder whose ways cannot. */
export interface BehindGates extends AsyncDisposable {
  readonly api: TestConsole
  readonly recorded: Recorder
  readonly database: Gate
  readonly rabbit: Gate
}

export const behindGates = async (env: IsolatedEnvironment): Promise<BehindGates> => {
  const database = await gate(env.endpoints.supabaseUrl)
  const rabbit = await gate(env.endpoints.amqpUrl)
  const api = await testConsole(env, { supabaseUrl: database.url, amqpUrl: rabbit.url })
  const recorded = await recorder(env, api.bus)
  return {
    api,
    recorded,
    database,
    rabbit,
    async [Symbol.asyncDispose]() {
      await recorded[Symbol.asyncDispose]()
      await api[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
      await rabbit[Symbol.asyncDispose]()
    },
  }
}
