import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually, isolate } from '@surepost/testkit'
import type { AccountName, Part } from '../support/cast.ts'
import { stageOf } from '../support/stage.ts'

const environment = await isolate()
const brokerData = await mkdtemp(join(tmpdir(), 'surepost-broker-'))
const system = await environment.startServices({ env: { 'browser-broker': { BROKER_DATA_DIR: brokerData } } })
const stage = stageOf(system)
const PATIENCE = { timeoutMs: 120_000, everyMs: 500 }

const asks = async (author: string, account: AccountName, text = 'does it run on Debian?'): Promise<string> => {
  const part: Part = { author, account, text, how: { names: [account] }, act: 1, model: [], end: { is: 'live' } }
  return (await stage.write(part)).id
}
const rowOf = async (id: string) => {
  const [row] = await stage.query<{ decision: string | null; waits: string | null; state: string | null }>(
    `select m.decision, m.deferred_category as waits, p.state from mentions as m left join posts as p on p.id = m.post_id where m.platform_id = '${id}'`,
  )
  return row
}
const endOf = async (postId: string): Promise<string | undefined> => {
  const [row] = await stage.query<{ end: string }>(
    `select concat_ws(' ', state, phase_code) as end from posts where id = '${postId}' and state in ('live', 'failed', 'missed', 'needs_attention')`,
  )
  return row?.end
}
const ended = (postId: string): Promise<string | undefined> => eventually(() => endOf(postId), PATIENCE)

describe('what an automated account owes the platform and people', () => {
  it('is its label: without it answers wait and somebody is told, unless the account does without', async () => {
    await stage.setUp({
      ada: { automatedBy: null },
      grace: { automatedBy: null, label: 'alert' },
    })
    const [toAda, toGrace] = [await asks('bob', 'ada'), await asks('carol', 'grace')]
    await eventually(async () => (await rowOf(toGrace))?.state === 'live', PATIENCE)
    await eventually(async () => (await rowOf(toAda))?.waits === 'unlabelled', PATIENCE)
    expect(await rowOf(toAda)).toMatchObject({ decision: null, state: null })
    const raised = () =>
      stage.query<{ key: string }>(`select key from alerts where active and key like 'account.%' order by 1`)
    await eventually(async () => (await raised()).length === 2, PATIENCE)
    expect(await raised()).toEqual([{ key: 'account.unlabelled.ada' }, { key: 'account.unlabelled.grace' }])
    const [run] = await stage.query<{ detail: string }>(
      `select detail from job_runs where job = 'replier.draft' and account = 'ada' and outcome = 'skipped'`,
    )
    expect(run?.detail).toContain('label')
    const [labels] = await stage.query<{ n: number }>(
      `select count(*)::int as n from accounts where automated_by = 'the_human'`,
    )
    expect(labels?.n).toBe(1)
  }, 240_000)

  it('is never to answer whoever asked to be left alone, even when the ledger that knew of it is lost', async () => {
    await asks('eve', 'grace', 'please stop')
    await eventually(
      async () => (await stage.query(`select from opted_out where person = 'eve'`)).length === 1,
      PATIENCE,
    )
    const [hers, his] = [await stage.post('eve', 'Nice weather.'), await stage.post('dave', 'What a day.')]
    await environment.stopService('browser-broker', { hard: true })
    for (const file of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'])
      await rm(join(brokerData, file), { force: true })
    await environment.startService('browser-broker')
    await stage.configure('grace', { automatedBy: null, label: 'alert' })
    const toHer = await stage.submit('grace', 'It is.', { platformId: hers, author: 'Eve' })
    const toHim = await stage.submit('grace', 'It was.', { platformId: his, author: 'dave' })
    expect(await ended(toHer)).toBe('failed opted_out')
    expect(await ended(toHim)).toBe('live')
  }, 300_000)
})
