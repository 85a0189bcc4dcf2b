import { attentionAlert, type PostId } from '@surepost/shared/contracts'
import { beforeEach, expect, test } from 'vitest'
import { fact, published, submission } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply } = await testDatabase()
const HOUR = 3_600_000

const alerts = () => database.rpc('attention_alerts', { repeat_seconds: 3_600, max_rows: 10 })
const needsAttention = (postId: PostId) =>
  fact('post.needs_attention', { postId, revision: 1, segment: 0, reason: 'nobody could look' })
const raised = (postId: PostId, offsetMs: number) =>
  fact('alert.raised', { key: attentionAlert(postId), severity: 'critical', sentence: 'look' }, offsetMs)

beforeEach(async () => void (await sql.query('delete from posts; delete from alerts')))

test('a post that waits for a person is told of, and again when nobody has settled it for an hour', async () => {
  const { postId, fact: submitted } = submission()
  await apply(submitted, needsAttention(postId))
  expect((await alerts()).raise).toEqual([{ postId, account: 'ada', reason: 'nobody could look' }])
  await apply(raised(postId, -HOUR / 2))
  expect((await alerts()).raise).toEqual([])
  await sql.query(`update alerts set raised_at = now() - interval '61 minutes'`)
  expect((await alerts()).raise).toHaveLength(1)
})

test('the alert of a post that waits no more is ended, and no other alert', async () => {
  const [waiting, settled] = [submission(), submission()]
  await apply(waiting.fact, settled.fact, needsAttention(waiting.postId), needsAttention(settled.postId))
  await apply(raised(waiting.postId, -1_000), raised(settled.postId, -1_000))
  await apply(fact('alert.raised', { key: 'kill_switch', severity: 'critical', sentence: 'fire' }, -1_000))
  expect((await alerts()).clear).toEqual([])
  await apply(published(settled.postId, 0))
  expect(await alerts()).toEqual({ raise: [], clear: [attentionAlert(settled.postId)] })
})
