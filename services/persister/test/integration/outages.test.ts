import { eventually, isolate } from '@surepost/testkit'
import type { AppliedFact } from '@surepost/shared/database'
import { expect, it } from 'vitest'
import { alert, persisterOn } from '../support/running-persister.ts'

const QUEUE = 'persister.facts'
const {
  bus,
  rows,
  startOne,
  stopOne,
  emit,
  recorded,
  readyz,
  takeDatabaseAway,
  bringDatabaseBack,
  statsOf,
  returnsIn,
  putInto,
  purge,
} = await persisterOn(await isolate())
const deadLettersOf = async (queue: string): Promise<number | undefined> =>
  (await bus.deadLetters()).find((one) => one.queue === queue)?.messages
const many = (name: string, count: number) => Array.from({ length: count }, (_, i) => alert(`${name} ${i}`))
const away = () => eventually(async () => (await readyz()).status === 503, { timeoutMs: 30_000 })

it('burns no delivery counts, however often the database goes away, and goes on by itself each time', async () => {
  const service = await startOne()
  const told: AppliedFact[] = []
  for (let outage = 1; outage <= 5; outage += 1) {
    await takeDatabaseAway()
    const during = many(`outage ${outage}`, 200)
    told.push(...during)
    await Promise.all(during.map(emit))
    await away()
    await bringDatabaseBack()
    await eventually(() => recorded(told), { timeoutMs: 60_000 })
  }
  await takeDatabaseAway()
  const last = many('the last outage', 700)
  await Promise.all(last.map(emit))
  await away()
  expect((await statsOf(QUEUE)).message_stats?.redeliver ?? 0).toBe(0)
  expect(await deadLettersOf(QUEUE)).toBe(0)
  // The stop hands them back: that is the only time that any of them has come back.
  await stopOne(service)
  const returns = await eventually(async () => {
    const found = await returnsIn(QUEUE)
    return found.length >= last.length && found
  })
  expect(Math.max(...returns)).toBeLessThanOrEqual(1)
  await bringDatabaseBack()
  await startOne()
  await eventually(() => recorded(last), { timeoutMs: 60_000 })
  expect(await deadLettersOf(QUEUE)).toBe(0)
}, 240_000)

it('tells while the database is away that facts wait for long, and that it is over when they are recorded', async () => {
  const service = await startOne({ RECORD_QUEUE_OLD_MS: '2000' })
  const said: string[] = []
  await using _watch = await bus.watchFacts(({ type, body }) => {
    if ((body as { key?: string }).key === 'record_queue:old') said.push(type)
  })
  const active = async () =>
    (await rows<{ active: boolean }>(`select active from alerts where key = 'record_queue:old'`))[0]?.active
  await takeDatabaseAway()
  const facts = many('waiting', 20)
  await Promise.all(facts.map(emit))
  await eventually(() => said.includes('alert.raised'), { timeoutMs: 30_000 })
  await bringDatabaseBack()
  await eventually(() => recorded(facts), { timeoutMs: 60_000 })
  await eventually(() => said.includes('alert.cleared'), { timeoutMs: 30_000 })
  await eventually(async () => (await active()) === false, { timeoutMs: 30_000 })
  await stopOne(service)
}, 180_000)

it('clears what a persister that died has raised', async () => {
  const raised = alert('record_queue:old')
  await emit(raised)
  await eventually(() => recorded([raised]), { timeoutMs: 30_000 })
  await startOne({ RECORD_QUEUE_OLD_MS: '2000' })
  await eventually(
    async () => (await rows(`select 1 from alerts where key = 'record_queue:old' and not active`)).length === 1,
    { timeoutMs: 30_000 },
  )
}, 120_000)

it('tells of dead letters that RabbitMQ parked by itself, and that there are none any more', async () => {
  const active = async (): Promise<boolean> =>
    (await rows(`select 1 from alerts where key = 'dead-letters:scraper.metrics' and active`)).length === 1
  await putInto('scraper.metrics.dead', '{}')
  await eventually(active, { timeoutMs: 60_000 })
  await purge('scraper.metrics.dead')
  await eventually(async () => !(await active()), { timeoutMs: 60_000 })
}, 150_000)
