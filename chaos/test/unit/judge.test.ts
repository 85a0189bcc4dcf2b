import { describe, expect, it } from 'vitest'
import { isWhole, judge } from '../../src/judge/judge.ts'
import type { Evidence, ExpectedPost, LedgerPost, Records } from '../../src/judge/types.ts'

const HANDLE = 'ada_ships'
const post = (n: number, texts: readonly string[], more: Partial<ExpectedPost> = {}): ExpectedPost => ({
  n,
  postId: `p${n}`,
  handle: HANDLE,
  replyTo: null,
  segments: texts.map((text) => ({ text, media: [] })),
  ending: 'live',
  ...more,
})
const live = (id: string, text: string, more: Partial<LedgerPost> = {}): LedgerPost => ({
  id,
  handle: HANDLE,
  text,
  inReplyTo: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  deletedAt: null,
  media: [],
  ...more,
})
const checks = (postId: string, index: number, ...states: readonly string[]) =>
  states.map((state) => ({ postId, index, state }))

/** A single post, a thread of two, an answer, a cancelled one and a refused one: all as they should be. */
const perfect = (): Evidence => ({
  expected: [
    post(1, ['one']),
    post(2, ['two a', 'two b']),
    post(3, ['three'], { replyTo: '900' }),
    post(4, ['four'], { ending: 'live_or_cancelled' }),
    post(5, ['five'], { ending: 'refused' }),
    { ...post(6, []), postId: 'p6', replyTo: '901', segments: [{ text: null, media: [] }] },
    { ...post(7, []), segments: [{ text: 'seven', media: ['abc'] }] },
  ],
  handles: [HANDLE],
  checksPerSegment: 2,
  ledger: [
    live('900', 'a question', { handle: 'margaret_h' }),
    live('901', 'another', { handle: 'margaret_h' }),
    live('101', 'one'),
    live('102', 'two  a\r\n'),
    live('103', 'two b', { inReplyTo: '102' }),
    live('104', 'three', { inReplyTo: '900' }),
    live('106', 'an answer of the templates', { inReplyTo: '901' }),
    live('107', 'seven', { media: [{ sha256: 'abc' }] }),
  ],
  records: {
    posts: [
      ...[1, 2, 3, 6, 7].map((n) => ({ id: `p${n}`, state: 'live', reason: null })),
      { id: 'p4', state: 'cancelled', reason: 'cancelled by its operator' },
      { id: 'p5', state: 'failed', reason: 'too long' },
    ],
    segments: [
      { postId: 'p1', index: 0, platformId: '101' },
      { postId: 'p2', index: 0, platformId: '102' },
      { postId: 'p2', index: 1, platformId: '103' },
      { postId: 'p3', index: 0, platformId: '104' },
      { postId: 'p4', index: 0, platformId: null },
      { postId: 'p5', index: 0, platformId: null },
      { postId: 'p6', index: 0, platformId: '106' },
      { postId: 'p7', index: 0, platformId: '107' },
    ],
    checks: [
      ...[
        ['p1', 0],
        ['p2', 0],
        ['p2', 1],
        ['p3', 0],
        ['p6', 0],
      ].flatMap(([id, index]) => checks(String(id), Number(index), 'done', 'done')),
      ...checks('p7', 0, 'done', 'missed'),
    ],
  },
})

const withRecords = (change: (records: Records) => Partial<Records>): Evidence => {
  const evidence = perfect()
  return { ...evidence, records: { ...evidence.records, ...change(evidence.records) } }
}
const withLedger = (change: (ledger: readonly LedgerPost[]) => readonly LedgerPost[]): Evidence => {
  const evidence = perfect()
  return { ...evidence, ledger: change(evidence.ledger) }
}
const stateOf = (id: string, state: string) =>
  withRecords(({ posts }) => ({ posts: posts.map((row) => (row.id === id ? { ...row, state } : row)) }))

/** The counts that are not zero. */
const wrong = (evidence: Evidence): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(judge(evidence).counts).filter(([, count]) => count > 0))

describe('the judge', () => {
  it('finds a perfect run whole', () => {
    const verdict = judge(perfect())
    expect(verdict).toMatchObject({ posts: 7, segments: 8, live: 6, cancelled: 1, refused: 1, troubles: [] })
    expect(isWhole(verdict)).toBe(true)
  })

  it('counts a second post with the same text as a duplicate, wherever it hangs', () => {
    expect(wrong(withLedger((all) => [...all, live('201', 'one')]))).toEqual({ duplicates: 1 })
    expect(wrong(withLedger((all) => [live('099', 'two b', { inReplyTo: '101' }), ...all]))).toEqual({ duplicates: 1 })
  })

  it('counts a second answer to one mention as a duplicate', () => {
    expect(wrong(withLedger((all) => [...all, live('206', 'in other words', { inReplyTo: '901' })]))).toEqual({
      duplicates: 1,
    })
  })

  it('counts what nobody asked for as a duplicate, also when it was deleted since', () => {
    expect(wrong(withLedger((all) => [...all, live('207', 'who said that?')]))).toEqual({ duplicates: 1 })
    expect(wrong(withLedger((all) => [...all, live('201', 'one', { deletedAt: '2026-01-01T00:00:01.000Z' })]))).toEqual(
      { duplicates: 1 },
    )
  })

  it('ignores what others say', () => {
    expect(wrong(withLedger((all) => [...all, live('208', 'one', { handle: 'margaret_h' })]))).toEqual({})
  })

  it('counts a segment that is not live as lost, and its id in the database as wrong', () => {
    const evidence = withLedger((all) => all.filter(({ id }) => id !== '101'))
    expect(wrong(evidence)).toEqual({ lost: 1, wrongIds: 1 })
    expect(isWhole(judge(evidence))).toBe(false)
  })

  it('counts what the API never took, and what the database does not know, as lost', () => {
    const evidence = perfect()
    const never = { ...evidence, expected: [...evidence.expected, post(8, ['eight'], { postId: null })] }
    expect(wrong(never)).toEqual({ lost: 1 })
    expect(wrong({ ...evidence, expected: [...evidence.expected, post(8, ['eight'])] })).toEqual({ lost: 1 })
  })

  it('counts a visible end that was not planned apart from losses, and is not satisfied', () => {
    const gone = withLedger((all) => all.filter(({ id }) => id !== '101'))
    const evidence = {
      ...gone,
      records: {
        ...gone.records,
        posts: gone.records.posts.map((row) => (row.id === 'p1' ? { ...row, state: 'needs_attention' } : row)),
        segments: gone.records.segments.map((row) => (row.postId === 'p1' ? { ...row, platformId: null } : row)),
      },
    }
    expect(wrong(evidence)).toEqual({ ended: 1 })
    expect(isWhole(judge(evidence))).toBe(false)
  })

  it('counts a live segment without its id in the database as unrecorded', () => {
    const without = withRecords(({ segments }) => ({
      segments: segments.filter(({ platformId }) => platformId !== '104'),
    }))
    expect(wrong(without)).toEqual({ unrecorded: 1 })
    const nulled = withRecords(({ segments }) => ({
      segments: segments.map((row) => (row.platformId === '104' ? { ...row, platformId: null } : row)),
    }))
    expect(wrong(nulled)).toEqual({ unrecorded: 1 })
  })

  it('counts an id that belongs to another post as wrong', () => {
    const evidence = withRecords(({ segments }) => ({
      segments: segments.map((row) => (row.platformId === '101' ? { ...row, platformId: '104' } : row)),
    }))
    expect(wrong(evidence)).toEqual({ wrongIds: 1 })
  })

  it('takes the recorded one of two equal posts for the right one', () => {
    expect(wrong(withLedger((all) => [live('050', 'one'), ...all]))).toEqual({ duplicates: 1 })
  })

  it('counts a segment that hangs from the wrong post, or from none, as out of order', () => {
    for (const inReplyTo of ['101', null]) {
      const evidence = withLedger((all) => all.map((one) => (one.id === '103' ? { ...one, inReplyTo } : one)))
      expect(wrong(evidence)).toEqual({ outOfOrder: 1 })
    }
  })

  it('counts a thread with a gap as out of order', () => {
    expect(wrong(withLedger((all) => all.filter(({ id }) => id !== '102')))).toEqual({
      lost: 1,
      outOfOrder: 1,
      wrongIds: 1,
    })
  })

  it('counts an answer to another post as out of order', () => {
    expect(
      wrong(withLedger((all) => all.map((one) => (one.id === '104' ? { ...one, inReplyTo: '901' } : one)))),
    ).toMatchObject({ outOfOrder: 1 })
  })

  it('counts open checks, and checks that were never planned, as unmeasured', () => {
    const open = withRecords(({ checks: all }) => ({
      checks: all.map((row) => (row.postId === 'p1' ? { ...row, state: 'claimed' } : row)),
    }))
    expect(wrong(open)).toEqual({ unmeasured: 1 })
    const none = withRecords(({ checks: all }) => ({ checks: all.filter(({ postId }) => postId !== 'p2') }))
    expect(wrong(none)).toEqual({ unmeasured: 2 })
    const fewer = withRecords(({ checks: all }) => ({ checks: all.slice(1) }))
    expect(wrong(fewer)).toEqual({ unmeasured: 1 })
  })

  it('does not take a deleted post, or the same text of another account, for the one that was asked for', () => {
    const deleted = withLedger((all) =>
      all.map((one) => (one.id === '101' ? { ...one, deletedAt: '2026-01-01T00:00:01.000Z' } : one)),
    )
    expect(wrong(deleted)).toEqual({ duplicates: 1, lost: 1, wrongIds: 1 })
    const evidence = perfect()
    const another = withLedger((all) => all.map((one) => (one.id === '101' ? { ...one, handle: 'grace_ships' } : one)))
    expect(wrong({ ...another, handles: [HANDLE, 'grace_ships'] })).toEqual({ duplicates: 1, lost: 1, wrongIds: 1 })
    expect(wrong({ ...evidence, handles: [HANDLE, 'grace_ships'] })).toEqual({})
  })

  it('takes a post whose image is missing, or that has one too many, for another one', () => {
    const evidence = withLedger((all) => all.map((one) => (one.id === '107' ? { ...one, media: [] } : one)))
    expect(wrong(evidence)).toMatchObject({ lost: 1, duplicates: 1 })
    const more = withLedger((all) =>
      all.map((one) => (one.id === '107' ? { ...one, media: [{ sha256: 'abc' }, { sha256: 'def' }] } : one)),
    )
    expect(wrong(more)).toMatchObject({ lost: 1, duplicates: 1 })
  })

  it('takes a refusal for planned only when it is the end of the post', () => {
    expect(wrong(stateOf('p5', 'queued'))).toEqual({ lost: 1 })
  })

  it('is not satisfied with a sum that is right when something is wrong', () => {
    const verdict = judge(withLedger((all) => [...all, live('201', 'one')]))
    expect(verdict.live + verdict.cancelled + verdict.refused).toBe(verdict.segments)
    expect(isWhole(verdict)).toBe(false)
  })

  it('says so when a cancelled or a refused post is live', () => {
    expect(wrong(withLedger((all) => [...all, live('105', 'four')]))).toEqual({ unwanted: 1 })
    expect(wrong(withLedger((all) => [...all, live('105', 'five')]))).toEqual({ unwanted: 1 })
    const published = stateOf('p5', 'live')
    const both = { ...published, ledger: [...published.ledger, live('105', 'five')] }
    expect(judge(both).counts.unwanted).toBe(1)
  })

  it('takes a cancel that came too late for what it is: the post must be live then', () => {
    expect(wrong(stateOf('p4', 'live'))).toEqual({ lost: 1 })
    const late = stateOf('p4', 'live')
    const records = {
      ...late.records,
      segments: late.records.segments.map((row) => (row.postId === 'p4' ? { ...row, platformId: '105' } : row)),
      checks: [...late.records.checks, ...checks('p4', 0, 'done', 'done')],
    }
    const verdict = judge({ ...late, ledger: [...late.ledger, live('105', 'four')], records })
    expect([verdict.live, verdict.cancelled, isWhole(verdict)]).toEqual([7, 0, true])
  })

  it('holds the API to its word that a post is cancelled', () => {
    const said = (evidence: Evidence): Evidence => ({
      ...evidence,
      expected: evidence.expected.map((one) => (one.n === 4 ? { ...one, ending: 'cancelled' } : one)),
    })
    expect(wrong(said(perfect()))).toEqual({})
    expect(judge(said(perfect())).cancelled).toBe(1)
    const late = said(stateOf('p4', 'live'))
    expect(wrong({ ...late, ledger: [...late.ledger, live('105', 'four')] })).toMatchObject({ unwanted: 1 })
  })

  it('tells how many checks were missed, which is allowed', () => {
    expect(judge(perfect()).checksMissed).toBe(1)
  })

  it('does not take a cancelled post for an end where nobody cancelled', () => {
    const evidence = stateOf('p1', 'cancelled')
    expect(wrong({ ...evidence, ledger: evidence.ledger.filter(({ id }) => id !== '101') })).toMatchObject({ ended: 1 })
  })

  it('names the post and the reason in every sentence', () => {
    const { troubles } = judge(withLedger((all) => all.filter(({ id }) => id !== '103')))
    expect(troubles.map(({ n, postId }) => [n, postId])).toEqual([
      [2, 'p2'],
      [2, 'p2'],
    ])
    expect(troubles[0]?.sentence).toBe(
      'segment 2 of 2 of post 2 of ada_ships is not live, and its post is live in the database.',
    )
  })
})
