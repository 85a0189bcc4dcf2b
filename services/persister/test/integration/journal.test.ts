import { describe, expect, it } from 'vitest'
import { newId } from '@surepost/shared/contracts'
import { fact, instant } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply } = await testDatabase()

const ran = (outcome: string, offsetMs: number) =>
  fact(
    'job.ran',
    { job: 'some', account: null, startedAt: instant(offsetMs - 50), outcome, category: 'c', detail: null },
    offsetMs,
  )

describe('the heartbeat of a job', () => {
  it('counts the failures since its last success', async () => {
    await apply(ran('failed', -9_000), ran('succeeded', -8_000), ran('failed', -6_000))
    await apply(ran('skipped', -5_000), ran('failed', -4_000))
    const { rows } = await sql.query(
      `select last_outcome, consecutive_failures, last_duration_ms from job_heartbeats where job = 'some'`,
    )
    expect(rows).toEqual([{ last_outcome: 'failed', consecutive_failures: 2, last_duration_ms: expect.closeTo(50, 0) }])
  })
})

describe('the journal', () => {
  it('takes facts of any month, and moves those that came before their partition was made', async () => {
    const at = '2031-05-05T00:00:00.000Z'
    const raised = { id: newId(), type: 'alert.raised', body: { at, key: 'k', severity: 'info', sentence: 's' } }
    await apply(raised)
    const tableOf = async () =>
      (await sql.query('select tableoid::regclass::text as name from facts where id = $1', [raised.id])).rows[0].name
    expect(await tableOf()).toBe('facts_default')
    await sql.query(`select surepost.add_fact_partition('2031-05-01')`)
    expect(await tableOf()).toBe('facts_2031_05')
    await apply(raised)
    expect((await sql.query('select 1 from facts where id = $1', [raised.id])).rows).toHaveLength(1)
    expect((await sql.query(`select relrowsecurity from pg_class where relname = 'facts_2031_05'`)).rows).toEqual([
      { relrowsecurity: true },
    ])
  })

  it('lets go of whole months that are too old, and keeps what was made of them', async () => {
    await sql.query(`select surepost.add_fact_partition('2019-02-01')`)
    const pruned = await database.rpc('prune_history', {})
    expect(pruned.partitions).toEqual(['facts_2019_02'])
  })
})
