import { beforeEach, describe, expect, it } from 'vitest'
import { configured, fact, instant, mention, newPlatformId, paused, resumed } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply, age } = await testDatabase()
const CHECKS = [3, 10, 86_400]

beforeEach(async () => {
  await sql.query('delete from accounts')
  await sql.query('delete from mentions')
})

describe('answering', () => {
  it('harvests each account that answers as often as it wants, from its newest mention on', async () => {
    const newest = newPlatformId()
    await apply(configured('ada', CHECKS, true), configured('bob', CHECKS), mention('ada', newest))
    const harvest = () => database.rpc('claim_due_harvests', { max_rows: 10 })
    expect(await harvest()).toEqual([{ account: 'ada', platform: 'x', handle: 'ada', since: newest, readLabel: true }])
    expect(await harvest()).toEqual([])
    await age('accounts', 'harvest_at', 301)
    expect(await harvest()).toHaveLength(1)
  })

  it('has one harvest of an account under way at a time, and asks anew once that has ended', async () => {
    await apply(configured('ada', CHECKS, true))
    await sql.query(`update accounts set config = jsonb_set(config, '{replies,harvestEverySeconds}', '10')`)
    const harvest = () => database.rpc('claim_due_harvests', { max_rows: 10 })
    expect(await harvest()).toHaveLength(1)
    await age('accounts', 'harvest_at', 11)
    expect(await harvest()).toEqual([])
    const ended = { job: 'mentions.harvest', account: 'ada', outcome: 'succeeded', category: null, detail: null }
    await apply(fact('job.ran', { ...ended, startedAt: instant(-50) }))
    await age('accounts', 'harvest_at', 11)
    expect(await harvest()).toHaveLength(1)
  })

  it('asks for a decision on each mention, again after a quarter of an hour, and not once it is decided', async () => {
    const id = newPlatformId()
    await apply(configured('ada', CHECKS, true), mention('ada', id), mention('bob'))
    const open = () => database.rpc('claim_open_mentions', { max_rows: 10 })
    expect(await open()).toEqual([
      expect.objectContaining({
        account: 'ada',
        approval: 'auto',
        voice: 'kind',
        mention: expect.objectContaining({ platformId: id, text: 'hello' }),
      }),
    ])
    expect(await open()).toEqual([])
    await age('mentions', 'claimed_until', 901)
    expect(await open()).toHaveLength(1)
    await age('mentions', 'claimed_until', 3_600)
    await apply(
      fact('mention.decided', {
        account: 'ada',
        mention: id,
        decision: 'skipped',
        reason: 'no',
        postId: null,
        drafter: null,
      }),
    )
    expect(await open()).toEqual([])
  })

  it('asks nothing of a paused account', async () => {
    await apply(configured('ada', CHECKS, true), mention('ada'), paused('ada'))
    expect(await database.rpc('claim_open_mentions', { max_rows: 10 })).toEqual([])
    expect(await database.rpc('claim_due_harvests', { max_rows: 10 })).toEqual([])
    await apply(resumed('ada'))
  })
})
