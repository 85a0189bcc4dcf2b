import { beforeEach, describe, expect, it } from 'vitest'
import { LockLostError } from '@surepost/shared/database'
import { begun, dispatched, fact, published, submission } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply, age } = await testDatabase()
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const claim = async (more: { max_rows?: number; with_silent?: boolean } = {}) =>
  database.rpc('claim_due_posts', { look_ahead_seconds: 600, max_rows: 100, ...more })
const expired = () => database.rpc('claim_expired_posts', { max_rows: 100 })
const ids = (rows: readonly { readonly postId: string }[]): string[] => rows.map(({ postId }) => postId)

beforeEach(() => sql.query('delete from posts'))

describe('claiming due posts', () => {
  it('gives an accepted post that nobody dispatched, whole', async () => {
    const { postId, fact: submitted } = submission()
    await apply(submitted)
    expect(await claim()).toEqual([
      expect.objectContaining({
        postId,
        why: 'due',
        state: 'accepted',
        scheduledAt: null,
        acceptedAt: expect.any(Date),
        content: { segments: [{ text: 'part 0', media: [] }] },
      }),
    ])
  })

  it('leaves a new one for a while to whoever took it in', async () => {
    await apply(submission({ submitted: -5_000 }).fact)
    expect(await claim()).toEqual([])
  })

  it('gives a scheduled post within the look-ahead, and none beyond it', async () => {
    const [near, far] = [submission({ scheduled: 9 * MINUTE }), submission({ scheduled: 11 * MINUTE })]
    await apply(near.fact, far.fact)
    expect(ids(await claim())).toEqual([near.postId])
  })

  it('gives none that waits for approval, is cancelled, dispatched, live or too late', async () => {
    const posts = Array.from({ length: 5 }, (_, i) =>
      submission({ approval: i === 0 ? 'review' : 'auto', notAfter: i === 1 ? -MINUTE : HOUR }),
    )
    const [, , cancelled, sent, live] = posts.map(({ postId }) => postId)
    if (cancelled === undefined || sent === undefined || live === undefined) throw new Error('five posts')
    await apply(
      ...posts.map(({ fact: submitted }) => submitted),
      fact('post.cancelled', { postId: cancelled, by: 'eve', reason: 'no', ledger: null }),
      dispatched(sent, MINUTE),
      published(live, MINUTE),
    )
    expect(await claim()).toEqual([])
  })

  it('gives one that was approved', async () => {
    const { postId, fact: submitted } = submission({ approval: 'review' })
    await apply(submitted, fact('post.approved', { postId, revision: 1, hash: 'a'.repeat(64), by: 'eve' }, -MINUTE))
    expect(ids(await claim())).toEqual([postId])
  })

  it('gives a dispatched post again once it is silent past its deadline, but not while facts are behind', async () => {
    const { postId, fact: submitted } = submission()
    await apply(submitted, dispatched(postId, -MINUTE))
    expect(await claim({ with_silent: false })).toEqual([])
    expect(await claim()).toEqual([expect.objectContaining({ postId, why: 'silent', state: 'queued', dispatches: 1 })])
  })

  it('waits longer each time that a post was dispatched again', async () => {
    const { postId, fact: submitted } = submission()
    await apply(
      submitted,
      dispatched(postId, -20 * MINUTE, -50 * MINUTE),
      dispatched(postId, -15 * MINUTE, -45 * MINUTE),
      dispatched(postId, -10 * MINUTE, -40 * MINUTE),
    )
    expect(await claim()).toEqual([])
    await age('posts', 'silent_at', 6 * 60)
    expect(ids(await claim())).toEqual([postId])
  })

  it('reminds of one that is publishing without a word for long, once in half an hour', async () => {
    const { postId, fact: submitted } = submission({ notAfter: -MINUTE })
    await apply(submitted, dispatched(postId, -30 * MINUTE), begun(postId, -20 * MINUTE))
    expect(await claim()).toEqual([expect.objectContaining({ postId, why: 'silent', state: 'publishing' })])
    await age('posts', 'claimed_until', 10 * 60)
    expect(await claim()).toEqual([])
    await age('posts', 'claimed_until', 25 * 60)
    expect(ids(await claim())).toEqual([postId])
  })

  it('tells what of it is live, and what was deleted since', async () => {
    const { postId, fact: submitted } = submission({ notAfter: -MINUTE, segments: 2 })
    const live = published(postId, 25 * MINUTE)
    const { platformId, url } = live.body as { platformId: string; url: string }
    const gone = fact('post.segment_deleted', { postId, segment: 0, account: 'ada', platformId }, -22 * MINUTE)
    await apply(submitted, dispatched(postId, -30 * MINUTE), live, gone, begun(postId, -20 * MINUTE))
    const [row] = await claim()
    expect(row?.live).toEqual([{ segment: 0, platformId, url, publishedAt: expect.any(Date), gone: 'deleted' }])
  })

  it('gives no row to two claimers, and each to one', async () => {
    const posts = Array.from({ length: 60 }, () => submission())
    await apply(...posts.map(({ fact: submitted }) => submitted))
    const claims = await Promise.all(Array.from({ length: 12 }, () => claim({ max_rows: 10 })))
    const given = claims.flatMap(ids)
    expect(new Set(given).size).toBe(given.length)
    const rest = await claim()
    expect([...given, ...ids(rest)].toSorted()).toEqual(posts.map(({ postId }) => postId).toSorted())
  })

  it('does not let what is due now wait behind what is overdue, nor the other way round', async () => {
    const stale = Array.from({ length: 60 }, () => submission({ submitted: -3 * HOUR, scheduled: -2 * HOUR }))
    const fresh = Array.from({ length: 30 }, () => submission({ account: 'bob', scheduled: MINUTE }))
    const silent = Array.from({ length: 10 }, () => submission({ account: 'eve' }))
    await apply(
      ...[...stale, ...fresh, ...silent].map(({ fact: submitted }) => submitted),
      ...silent.map(({ postId }) => dispatched(postId, -MINUTE)),
    )
    const [first, second] = [await claim({ max_rows: 20 }), await claim({ max_rows: 20 })]
    const kinds = (posts: typeof first) =>
      ['ada', 'bob', 'eve'].map((name) => posts.filter((p) => p.account === name).length)
    expect(kinds(first)).toEqual([4, 12, 4])
    expect(kinds(second)).toEqual([4, 12, 4])
    // Where one kind has no more, the others have its room.
    expect(kinds(await claim({ max_rows: 100 }))).toEqual([52, 6, 2])
  })

  it('gives a post again when nothing came of the claim', async () => {
    await apply(submission().fact)
    expect(await claim()).toHaveLength(1)
    expect(await claim()).toHaveLength(0)
    await age('posts', 'claimed_until', 61)
    expect(await claim()).toHaveLength(1)
  })
})

describe('posts that are too late', () => {
  it('are those past notAfter of which nothing was begun', async () => {
    const posts = Array.from({ length: 5 }, (_, i) =>
      submission({ notAfter: i === 4 ? HOUR : -HOUR / 2, approval: i === 0 ? 'review' : 'auto' }),
    )
    const [waiting, sent, started, live] = posts.map(({ postId }) => postId)
    if (waiting === undefined || sent === undefined || started === undefined || live === undefined)
      throw new Error('five posts')
    await apply(
      ...posts.map(({ fact: submitted }) => submitted),
      dispatched(sent, -MINUTE),
      begun(started, -HOUR / 2),
      published(live, HOUR / 2),
    )
    expect(ids(await expired()).toSorted()).toEqual([waiting, sent].toSorted())
  })

  it('are missed by the fact that says so, unless they turn out to be live', async () => {
    const { postId, fact: submitted } = submission({ notAfter: -HOUR / 2 })
    const stateOf = async () => (await sql.query('select state, reason from posts')).rows[0]
    await apply(submitted, fact('post.missed', { postId, reason: 'too late' }))
    expect(await stateOf()).toEqual({ state: 'missed', reason: 'too late' })
    expect(await expired()).toEqual([])
    await apply(published(postId, HOUR))
    expect(await stateOf()).toMatchObject({ state: 'live' })
  })
})

describe('the lock of a job', () => {
  const hold = (holder: string, ttl = 60) =>
    database.rpc('hold_job_lock', { job_name: 'some', holder_id: holder, ttl_seconds: ttl })
  const claimWith = (fence: number) =>
    database.rpc('claim_due_posts', { look_ahead_seconds: 0, max_rows: 1, job_name: 'some', held_fence: fence })

  it("is one replica's at a time, passes on when it expires, and refuses what the former holder still writes", async () => {
    const first = await hold('one')
    expect(first).toBeGreaterThan(0)
    expect(await hold('two')).toBeNull()
    expect(await hold('one')).toBe(first)
    expect(await claimWith(first ?? 0)).toEqual([])
    await age('job_locks', 'expires_at', 61)
    await expect(claimWith(first ?? 0)).rejects.toBeInstanceOf(LockLostError)
    const second = await hold('two')
    expect(second).toBeGreaterThan(first ?? 0)
    await expect(claimWith(first ?? 0)).rejects.toBeInstanceOf(LockLostError)
    expect(await claimWith(second ?? 0)).toEqual([])
  })

  it('is free at once when its holder lets go', async () => {
    await database.rpc('release_job_lock', { job_name: 'some', holder_id: 'two' })
    const fence = await hold('three')
    expect(fence).not.toBeNull()
    expect(await database.rpc('release_job_lock', { job_name: 'some', holder_id: 'two' })).toBe(false)
    expect(await hold('four')).toBeNull()
  })
})
