import { PublishPost } from '@surepost/shared/contracts'
import { done, handle } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { expect, it } from 'vitest'
import { submission } from '../support/facts.ts'
import { persisterOn } from '../support/running-persister.ts'

const { bus, rows, emit, startOne, takeDatabaseAway, bringDatabaseBack, readyz } = await persisterOn(await isolate())
const stateOf = async (id: string): Promise<string | undefined> =>
  (await rows<{ state: string }>('select state from posts where id = $1', [id]))[0]?.state
/** When each post was asked for, by its id. */
const sent = new Map<string, number>()
const route = handle(PublishPost, async ({ body }) => (sent.set(body.postId, Date.now()), done))
await bus.consume([route], { prefetch: 5, shard: 0 })

it('a database that is away when a post is due delays it not at all, when the outage is shorter than the look-ahead', async () => {
  await startOne({ LOOK_AHEAD_SECONDS: '600' })
  const dueInMs = 15_000
  const due = Date.now() + dueInMs
  const { postId, fact } = submission({ scheduled: dueInMs })
  await emit(fact)
  await eventually(async () => (await stateOf(postId)) === 'queued', { timeoutMs: 14_000 })
  await takeDatabaseAway()
  await eventually(async () => (await readyz()).status === 503)
  expect(Date.now()).toBeLessThan(due)
  const at = await eventually(() => sent.get(postId), { timeoutMs: 60_000 })
  // The database is still away.
  expect((await readyz()).status).toBe(503)
  expect(at).toBeGreaterThanOrEqual(due - 1_000)
  expect(at).toBeLessThan(due + 5_000)
  await bringDatabaseBack()
  await eventually(async () => (await readyz()).status === 200, { timeoutMs: 30_000 })
}, 120_000)

it('what became too late during an outage is missed, and not sent; what is late but not too late is sent', async () => {
  await takeDatabaseAway()
  const late = submission({ scheduled: -60_000 })
  const tooLate = submission({ scheduled: -120_000, notAfter: -31_000 })
  await emit(late.fact)
  await emit(tooLate.fact)
  await bringDatabaseBack()
  await eventually(async () => (await stateOf(tooLate.postId)) === 'missed', { timeoutMs: 60_000 })
  await eventually(async () => (await stateOf(late.postId)) === 'queued', { timeoutMs: 60_000 })
  const [{ reason } = { reason: '' }] = await rows<{ reason: string }>('select reason from posts where id = $1', [
    tooLate.postId,
  ])
  expect(reason).toContain('the last moment at which it might be published')
  await eventually(() => sent.has(late.postId), { timeoutMs: 30_000 })
  expect([...sent.keys()]).not.toContain(tooLate.postId)
}, 120_000)
