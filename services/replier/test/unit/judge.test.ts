import { describe, expect, it } from 'vitest'
import { castOf, goodAnswer, type End, type Part } from '../support/cast.ts'
import { judge, type RecordedMention, type SitePost } from '../support/judge.ts'

const part = (end: End, author = 'bob'): Part => ({
  author,
  account: 'ada',
  text: 'hm?',
  how: { names: ['ada'] },
  act: 1,
  model: [],
  end,
})
const answered = (id: string, more: Partial<RecordedMention> = {}): RecordedMention => ({
  account: 'ada',
  id,
  decision: 'answered',
  reason: 'approved automatically',
  state: 'live',
  code: null,
  text: 'yes',
  answerId: `${id}9`,
  ...more,
})
const post = (inReplyTo: string | null, more: Partial<SitePost> = {}): SitePost => ({
  id: `${inReplyTo ?? ''}9`,
  handle: 'ada_builds',
  text: 'yes',
  inReplyTo,
  ...more,
})
const live = [{ part: part({ is: 'live' }), id: '1' }]

describe('the judge of the mentions', () => {
  it('finds nothing where everything ended as it was to', () => {
    expect(judge(live, [answered('1')], [post('1')])).toMatchObject({
      matched: 1,
      live: 1,
      doubles: 0,
      wrong: 0,
      silent: 0,
    })
  })
  it('counts a second answer', () => {
    expect(judge(live, [answered('1')], [post('1'), post('1', { id: '7' })])).toMatchObject({ matched: 0, doubles: 1 })
  })
  it('counts an answer to another post, one to nothing, and one that says what is not recorded', () => {
    for (const other of [post('2'), post(null), post('1', { text: 'no' })])
      expect(judge(live, [answered('1')], [other])).toMatchObject({ wrong: 1 })
  })
  it('counts an answer to what was not to be answered', () => {
    const stale = [{ part: part({ is: 'skipped', reason: 'stale' }), id: '1' }]
    const skipped = answered('1', { decision: 'skipped', reason: 'stale', state: null, answerId: null })
    expect(judge(stale, [skipped], [])).toMatchObject({ matched: 1 })
    expect(judge(stale, [skipped], [post('1')])).toMatchObject({ matched: 0, wrong: 1 })
    expect(judge(stale, [{ ...skipped, reason: 'language' }], [])).toMatchObject({ matched: 0 })
  })
  it('counts what nobody decided about, and what was never seen', () => {
    expect(judge(live, [answered('1', { decision: null })], [])).toMatchObject({ matched: 0, silent: 1 })
    expect(judge(live, [], [])).toMatchObject({ matched: 0, silent: 1 })
  })
  it('counts people who got more answers than allowed', () => {
    const all = ['1', '2', '3', '4'].map((id) => ({ part: part({ is: 'live' }), id }))
    const rows = all.map(({ id }) => answered(id))
    expect(
      judge(
        all,
        rows,
        all.map(({ id }) => post(id)),
      ),
    ).toMatchObject({ matched: 4, beyond: 1 })
  })
  it('wants one of two accounts to answer what names both', () => {
    const both = [{ part: part({ is: 'one_of_two' }), id: '1' }]
    const other = answered('1', {
      account: 'grace',
      decision: 'skipped',
      reason: 'answered_by_another_account',
      state: null,
    })
    expect(judge(both, [answered('1'), other], [post('1')])).toMatchObject({ matched: 1, wrong: 0 })
    expect(judge(both, [answered('1'), answered('1')], [post('1')])).toMatchObject({ matched: 0 })
  })
})

describe('the cast', () => {
  const parts = castOf(200)
  it('has as many mentions as asked for, and enough that are to be answered', () => {
    expect(parts).toHaveLength(200)
    expect(parts.filter(({ end }) => end.is === 'live' || end.is === 'one_of_two').length).toBeGreaterThanOrEqual(60)
  })
  it('tells nothing of the ends in handles and texts', () => {
    const ends = parts.flatMap(({ end }) =>
      'reason' in end ? end.reason : 'code' in end ? (end.code ?? end.state) : end.is,
    )
    for (const { author, text } of parts) expect(ends.filter((end) => `${author} ${text}`.includes(end))).toEqual([])
  })
  it('has answers that nobody else gives', () => {
    expect(new Set(Array.from({ length: 500 }, (_, n) => goodAnswer(n))).size).toBe(500)
  })
})
