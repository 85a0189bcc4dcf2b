import { describe, expect, it } from 'vitest'
import { AccountId, Hash, PlatformId, checkId, newId, newPostId } from '@surepost/shared/contracts'
import type { ClaimedCheck, DuePost, ExpiredCheck } from '@surepost/shared/database'
import { sendingOf } from '../../src/jobs/dispatcher.ts'
import { missedBecause } from '../../src/jobs/missed-marker.ts'
import { checksOf, collectionsOf } from '../../src/jobs/plan-checks.ts'

const now = new Date('2026-11-23T12:00:00.000Z')
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000)
const postId = newPostId()

describe('planning the checks of a segment', () => {
  const plan = (checks: number[]) => checksOf({ postId, segment: 2, publishedAt: now, checks })

  it('makes one per time, with the id that follows from post, segment and time', () => {
    expect(plan([3, 10]).map(({ id, dueAt }) => ({ id, dueAt }))).toEqual([
      { id: checkId(postId, 2, 3), dueAt: later(3).toISOString() },
      { id: checkId(postId, 2, 10), dueAt: later(10).toISOString() },
    ])
  })

  it('leaves each until the next is due, and an hour at least', () => {
    expect(plan([900, 3_600, 86_400]).map(({ deadline }) => deadline)).toEqual([
      later(900 + 3_600).toISOString(),
      later(86_400).toISOString(),
      later(86_400 + 21_600).toISOString(),
    ])
  })

  it('takes times in any order and each once', () => {
    expect(plan([10, 3, 10]).map(({ afterSeconds }) => afterSeconds)).toEqual([3, 10])
  })
})

describe('putting claimed checks together', () => {
  const check = (account: string): ClaimedCheck => ({
    checkId: newId(),
    postId,
    segment: 0,
    platformId: PlatformId.parse('1234567890123456'),
    deadline: later(60),
    account: AccountId.parse(account),
    platform: 'x',
    handle: account,
    text: 'hello',
    last: null,
    doubted: null,
  })

  it('keeps accounts apart and takes at most twenty at a time', () => {
    const claimed = [...Array.from({ length: 45 }, () => check('ada')), check('bob')]
    const collections = collectionsOf(claimed)
    expect(collections.map(({ account, checks }) => [account, checks.length])).toEqual([
      ['ada', 20],
      ['ada', 20],
      ['ada', 5],
      ['bob', 1],
    ])
    expect(collections.flatMap(({ checks }) => checks)).toHaveLength(46)
  })

  it('makes nothing of nothing', () => {
    expect(collectionsOf([])).toEqual([])
  })
})

describe('sending a claimed post', () => {
  const post: DuePost = {
    postId,
    revision: 1,
    hash: Hash.parse('a'.repeat(64)),
    account: AccountId.parse('ada'),
    platform: 'x',
    content: { segments: [{ text: 'hello', media: [] }] },
    notAfter: later(3_600),
    acceptedAt: later(-60),
    scheduledAt: null,
    state: 'accepted',
    dispatches: 0,
    why: 'due',
    live: [],
  }

  it('says that it is dispatched, then asks for it', () => {
    const { fact, command } = sendingOf(post, now)
    expect(fact?.body).toMatchObject({ postId, revision: 1, at: now.toISOString() })
    expect(command).toMatchObject({ notBefore: null, body: { postId, notAfter: later(3_600).toISOString() } })
  })

  it('says when the post was accepted, by which a ledger that is younger knows to ask the platform first', () => {
    expect(sendingOf(post, now).command.body.acceptedAt).toBe(later(-60).toISOString())
  })

  it('tells what the record knows to be live, and of a new post nothing', () => {
    const live = {
      segment: 0,
      platformId: PlatformId.parse('1900000000000000001'),
      url: 'https://x.com/ada/status/1900000000000000001',
      publishedAt: later(-30),
      gone: 'deleted' as const,
    }
    expect(sendingOf(post, now).command.body).not.toHaveProperty('live')
    expect(sendingOf({ ...post, state: 'unknown', live: [live] }, now).command.body.live).toEqual([
      { ...live, publishedAt: later(-30).toISOString() },
    ])
  })

  it('holds a scheduled one until its time, and expects no word before it', () => {
    const { fact, command } = sendingOf({ ...post, state: 'scheduled', scheduledAt: later(300) }, now)
    expect(command.notBefore).toEqual(later(300))
    expect(fact === null || new Date(fact.body.deadline) > later(300)).toBe(true)
  })

  it.each(['publishing', 'unknown'] as const)('only reminds of one that is %s: it stays what it is', (state) => {
    const { fact, command } = sendingOf({ ...post, state, why: 'silent' }, now)
    expect(fact).toBeNull()
    expect(command.body.postId).toBe(postId)
  })

  it('says of a silent queued one that it is dispatched again', () => {
    expect(sendingOf({ ...post, state: 'queued', why: 'silent' }, now).fact).not.toBeNull()
  })
})

describe('the reason for a missed check', () => {
  const check: ExpiredCheck = {
    checkId: newId(),
    postId,
    segment: 0,
    deadline: now,
    claims: 0,
    failures: 0,
    lastError: null,
    deletedAt: null,
    paused: false,
  }

  it('is the deletion before anything else', () => {
    expect(missedBecause({ ...check, deletedAt: now, failures: 3 })).toContain('was deleted')
  })

  it('is the last failure, with their number', () => {
    expect(missedBecause({ ...check, failures: 2, lastError: 'the page was empty', claims: 4 })).toMatch(
      /2 readings failed .* the page was empty/,
    )
  })

  it('is the silence of whoever was asked', () => {
    expect(missedBecause({ ...check, claims: 4 })).toContain('asked for 4 times')
  })

  it('is the pause, or that nobody asked', () => {
    expect(missedBecause({ ...check, paused: true })).toContain('paused')
    expect(missedBecause(check)).toContain('not asked for')
  })

  it('fits into a fact', () => {
    expect(missedBecause({ ...check, failures: 1, lastError: 'x'.repeat(3_000) }).length).toBeLessThanOrEqual(2_000)
  })
})
