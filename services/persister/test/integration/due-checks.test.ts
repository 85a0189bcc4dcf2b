import { beforeEach, describe, expect, it } from 'vitest'
import { checkId, type PostId } from '@surepost/shared/contracts'
import { checksOf } from '../../src/jobs/plan-checks.ts'
import {
  checkFailed,
  collected,
  configured,
  deleted,
  fact,
  newPlatformId,
  paused,
  published,
  submission,
} from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply, age } = await testDatabase()
const SECOND = 1_000
const HOUR = 3_600 * SECOND
const CHECKS = [3, 10, 86_400]

const plan = async (): Promise<number> => {
  const planned = (await database.rpc('unplanned_segments', { max_rows: 100 })).flatMap(checksOf)
  return planned.length === 0 ? 0 : database.rpc('plan_checks', { planned })
}
const claim = (more: { max_rows?: number; max_outstanding?: number } = {}) =>
  database.rpc('claim_due_checks', { max_rows: 100, ...more })
const expired = () => database.rpc('claim_expired_checks', { max_rows: 100 })
const counts = async (): Promise<Record<string, number>> => {
  const { rows } = await sql.query<{ state: string; n: number }>(
    'select state, count(*)::int as n from checks group by state',
  )
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}
/** A live post of one segment, an hour old unless it says otherwise. */
const live = async (agoMs = 60 * SECOND, account = 'ada'): Promise<PostId> => {
  const { postId, fact: submitted } = submission({ account })
  await apply(submitted, published(postId, agoMs, { account }))
  return postId
}

beforeEach(async () => {
  await sql.query('delete from posts')
  await sql.query('delete from accounts')
})

describe('planning checks', () => {
  it('waits until the account is known, whatever comes first, and plans once', async () => {
    const postId = await live()
    expect(await plan()).toBe(0)
    await apply(configured('ada', CHECKS))
    expect(await plan()).toBe(3)
    expect(await plan()).toBe(0)
    const { rows } = await sql.query('select id, state from checks order by due_at')
    expect(rows).toEqual(CHECKS.map((after) => ({ id: checkId(postId, 0, after), state: 'open' })))
  })

  it('keeps a reading that came before the plan', async () => {
    await apply(configured('ada', CHECKS))
    const postId = await live()
    await apply(collected(postId, 3))
    expect(await counts()).toEqual({ done: 1 })
    await plan()
    expect(await counts()).toEqual({ done: 1, open: 2 })
    expect((await claim()).map(({ checkId: id }) => id)).toEqual([checkId(postId, 0, 10)])
  })

  it('asks for no check whose failure came before the plan until it is planned', async () => {
    await apply(configured('ada', CHECKS))
    const postId = await live()
    await apply(checkFailed(postId, 3))
    expect(await claim()).toEqual([])
    await plan()
    await age('checks', 'retry_at', 10)
    expect(await claim()).toHaveLength(2)
  })
})

describe('claiming due checks', () => {
  beforeEach(() => apply(configured('ada', CHECKS)))

  it('gives those that are due, with all that reading them needs', async () => {
    const postId = await live()
    await plan()
    expect(await claim()).toEqual([
      expect.objectContaining({
        checkId: checkId(postId, 0, 3),
        postId,
        segment: 0,
        account: 'ada',
        platform: 'x',
        handle: 'ada',
      }),
      expect.objectContaining({ checkId: checkId(postId, 0, 10) }),
    ])
    expect(await counts()).toEqual({ claimed: 2, open: 1 })
  })

  it('re-opens one whose claimer was never heard of again', async () => {
    await live()
    await plan()
    expect(await claim()).toHaveLength(2)
    expect(await claim()).toHaveLength(0)
    await age('checks', 'claimed_until', 601)
    expect(await claim()).toHaveLength(2)
  })

  it('re-opens one that failed after a wait, with its error and the number of its failures', async () => {
    const postId = await live()
    await plan()
    await claim()
    await apply(checkFailed(postId, 3), checkFailed(postId, 3))
    expect(await counts()).toEqual({ claimed: 1, open: 2 })
    const { rows } = await sql.query(
      'select failures, last_error, retry_at > now() as waits from checks where id = $1',
      [checkId(postId, 0, 3)],
    )
    expect(rows).toEqual([{ failures: 2, last_error: 'the page was empty', waits: true }])
    expect(await claim()).toEqual([])
    await age('checks', 'retry_at', 60)
    expect(await claim()).toHaveLength(1)
  })

  it('reads again after a suspect reading, which is kept and not believed', async () => {
    const postId = await live()
    await plan()
    await claim()
    await apply(collected(postId, 3, 'likes fell from 9 to 5'))
    expect(await counts()).toEqual({ claimed: 1, open: 2 })
    expect((await sql.query('select metrics from segments')).rows).toEqual([{ metrics: null }])
    expect((await sql.query('select suspect from readings')).rows).toEqual([{ suspect: 'likes fell from 9 to 5' }])
    await apply(collected(postId, 3))
    expect(await counts()).toEqual({ claimed: 1, done: 1, open: 1 })
    expect((await sql.query('select metrics from segments')).rows).toEqual([
      { metrics: expect.objectContaining({ likes: 5, quotes: null }) },
    ])
  })

  it('asks for nothing of a paused account until it is resumed', async () => {
    await live()
    await plan()
    await apply(paused('ada'))
    expect(await claim()).toEqual([])
    await apply(fact('account.resumed', { account: 'ada', by: 'eve' }, 1_000))
    expect(await claim()).toHaveLength(2)
  })

  it('gives no check to two claimers, and each to one', async () => {
    for (let n = 0; n < 30; n += 1) await live()
    await plan()
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim({ max_rows: 7 })))
    const given = [...claims.flat(), ...(await claim())].map(({ checkId: id }) => id)
    expect(new Set(given).size).toBe(given.length)
    expect(given).toHaveLength(60)
  })

  it('has no more out at a time than it may', async () => {
    for (let n = 0; n < 5; n += 1) await live()
    await plan()
    expect(await claim({ max_outstanding: 4 })).toHaveLength(4)
    expect(await claim({ max_outstanding: 6 })).toHaveLength(2)
  })
})

describe('checks that can no longer be done', () => {
  it('are said missed with their reason, and the counts by state add up', async () => {
    await apply(configured('ada', CHECKS))
    const postId = await live(25 * HOUR)
    await plan()
    expect((await claim()).map(({ checkId: id }) => id)).toEqual([checkId(postId, 0, 86_400)])
    const late = await expired()
    expect(late.map(({ checkId: id }) => id)).toEqual([checkId(postId, 0, 3), checkId(postId, 0, 10)])
    await apply(
      ...late.map(({ checkId: id }) =>
        fact('metrics.check_missed', { postId, segment: 0, checkId: id, reason: 'too late' }),
      ),
    )
    expect(await counts()).toEqual({ missed: 2, claimed: 1 })
    expect(await expired()).toEqual([])
  })

  it('are done after all when a reading turns up', async () => {
    await apply(configured('ada', CHECKS))
    const postId = await live(2 * HOUR)
    await plan()
    const missed = fact('metrics.check_missed', {
      postId,
      segment: 0,
      checkId: checkId(postId, 0, 3),
      reason: 'too late',
    })
    await apply(missed, collected(postId, 3))
    expect(await counts()).toEqual({ done: 1, open: 2 })
  })

  it('are those of a deleted segment, whenever it was planned', async () => {
    await apply(configured('ada', CHECKS))
    const [before, after] = [await live(), await live()]
    await apply(deleted(after))
    await plan()
    await apply(deleted(before))
    expect(await claim()).toEqual([])
    const late = await expired()
    expect(late).toHaveLength(6)
    expect(late.every(({ deletedAt }) => deletedAt !== null)).toBe(true)
  })
})

describe('two platform ids for one segment', () => {
  it('keep the one that was said first, and are told', async () => {
    const { postId, fact: submitted } = submission()
    const [first, second] = [newPlatformId(), newPlatformId()]
    const facts = [
      submitted,
      published(postId, 1_000, { platformId: second }),
      published(postId, 5_000, { platformId: first }),
    ]
    const conflict = { postId, segment: 0, kept: first, others: [second] }
    expect((await database.rpc('apply_facts', { facts })).conflicts).toEqual([conflict])
    // A repeat after a lost answer tells it again.
    expect(await database.rpc('apply_facts', { facts })).toMatchObject({
      received: 3,
      applied: 0,
      conflicts: [conflict],
    })
  })
})
