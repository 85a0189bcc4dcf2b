import type { PostFact } from '@surepost/shared/contracts'
import type { Millis } from '../agenda.ts'
import type { SaidFact } from '../facts.ts'
import { type Machine, machineOf } from '../machine.ts'
import type { Message } from '../poster/work-queue.ts'
import type { Rabbit } from '../rabbit.ts'
import type { World } from '../world.ts'
import { type Database, openDatabase } from './database.ts'
import { openDispatcher } from './dispatcher.ts'

export interface Persister {
  readonly machine: Machine
  readonly database: Database
  /** A fact lies in its queue. */
  push(fact: PostFact): void
  databaseUp(): boolean
  databaseOutage(ms: Millis): void
}

/** Takes facts in batches, unacked until the database has committed them; an outage is waited out with the batch in hand. */
export const openPersister = (
  world: World,
  rabbit: Rabbit,
  out: { readonly say: (fact: SaidFact) => void; readonly send: (message: Message) => void },
): Persister => {
  const { agenda, random, faults, variant, say } = world
  const database = openDatabase()
  const waiting: PostFact[] = []
  let awayUntil = 0
  let busyIn = 0
  const machine = machineOf('persister', agenda, say, () => ({ onStart: () => pump() }))
  const databaseUp = (): boolean => agenda.now >= awayUntil
  const dispatcher = openDispatcher(world, machine, rabbit, { databaseUp, behind: () => waiting.length > 0 }, out)

  const commit = (batch: readonly PostFact[]): void => {
    const touched = new Set(batch.map((fact) => database.apply(fact)))
    for (const row of touched) if (row !== null) dispatcher.consider(row)
    say('persister', () => `records ${batch.map((f) => `${f.type} of post ${f.body.postId}`).join(', ')}`)
  }
  const take = (): void => {
    if (!rabbit.up || waiting.length === 0) return void (busyIn = 0)
    if (!databaseUp()) return machine.after(awayUntil - agenda.now + random.between(10, 3_000), take)
    const batch = waiting.slice()
    if (variant.ackFirst === true) {
      waiting.splice(0, batch.length)
      if (!faults.step(machine)) return
      machine.after(5, () => commit(batch))
    } else {
      commit(batch)
      if (!faults.step(machine)) return
      waiting.splice(0, batch.length)
    }
    busyIn = 0
    pump()
  }
  const pump = (): void => {
    if (!machine.up || busyIn === machine.life || waiting.length === 0 || !rabbit.up) return
    busyIn = machine.life
    machine.after(random.tail(30, 3_000), take)
  }
  rabbit.watch(() => {}, pump)
  return {
    machine,
    database,
    push(fact) {
      waiting.push(fact)
      pump()
    },
    databaseUp,
    databaseOutage(ms) {
      awayUntil = Math.max(awayUntil, agenda.now + ms)
      say('database', () => `is away for ${ms / 1_000} s`)
    },
  }
}
