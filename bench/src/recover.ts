import { setTimeout as sleep } from 'node:timers/promises'
import { JobRan, newId } from '@surepost/shared/contracts'
import { Client } from 'pg'
import { quantile, round } from './figures.ts'
import { type PersisterWorld, openPersister } from './persist/world.ts'
import type { Rounds } from './rounds.ts'

export interface RecoverBench extends Rounds {
  readonly dataDir: string
  /** How long each is away. */
  readonly awaySeconds: number
}

type Figures = Readonly<Record<string, number>>

export interface Recovery {
  readonly bench: 'recover'
  readonly rounds: number
  /** Seconds from the return of what was away to the first fact that is recorded after it: median over the rounds. */
  readonly medians: Figures
  readonly min: Figures
  readonly max: Figures
  readonly pass: boolean
}

const PARTS = ['postgres', 'postgrest', 'rabbitmq', 'persister'] as const
const MOST_SECONDS = 2

const say = (world: PersisterWorld): { readonly id: string; readonly said: Promise<void> } => {
  const id = newId()
  const at = new Date().toISOString()
  const fact = {
    at,
    job: 'bench',
    account: null,
    startedAt: at,
    outcome: 'succeeded' as const,
    category: null,
    detail: '',
  }
  return { id, said: world.bus.emit(JobRan, fact, { id }) }
}

/** Seconds until a fact that was said when the part had returned is in the journal. */
const afterReturn = async (world: PersisterWorld, part: string, awaySeconds: number): Promise<number> => {
  await world.stack.stopPart(part, { hard: true })
  await sleep(awaySeconds * 1_000)
  await world.stack.startPart(part)
  const began = performance.now()
  const { id, said } = say(world)
  await said
  const client = new Client({ connectionString: world.endpoints.postgresUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    while ((await client.query('select from facts where id = $1', [id])).rowCount === 0) await sleep(5)
    return (performance.now() - began) / 1_000
  } finally {
    await client.end()
  }
}

/** `surepost bench recover`: how soon work is done again after what it needs has come back. @throws StackError */
export const benchRecover = async (bench: RecoverBench): Promise<Recovery> => {
  const { rounds, awaySeconds, onProgress, signal } = bench
  await using world = await openPersister(bench)
  const found = new Map<string, number[]>()
  for (let n = 1; n <= rounds; n += 1)
    for (const part of PARTS) {
      signal.throwIfAborted()
      onProgress(`round ${n} of ${rounds}: ${part} is away for ${awaySeconds} s`)
      found.set(part, [...(found.get(part) ?? []), await afterReturn(world, part, awaySeconds)])
    }
  const each = (of: (values: readonly number[]) => number): Figures =>
    Object.fromEntries([...found].map(([part, values]) => [part, round(of(values), 2)]))
  const medians = each((values) => quantile(values, 0.5))
  const pass = Object.values(medians).every((seconds) => seconds < MOST_SECONDS)
  return {
    bench: 'recover',
    rounds,
    medians,
    min: each((values) => Math.min(...values)),
    max: each((values) => Math.max(...values)),
    pass,
  }
}
