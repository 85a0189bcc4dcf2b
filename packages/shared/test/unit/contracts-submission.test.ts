import { describe, expect, it } from 'vitest'
import {
  AccountId,
  answerPostId,
  contentHash,
  LOOK_AHEAD_MS,
  newPostId,
  PlatformId,
  PostContent,
  shardOf,
  submit,
  submittedPostId,
} from '../../src/contracts/index.ts'

const account = AccountId.parse('ada')
const now = new Date('2026-01-01T12:00:00.000Z')
const content = PostContent.parse({ segments: [{ text: 'hello' }] })
const submission = {
  postId: newPostId(),
  account,
  platform: 'x' as const,
  content,
  client: 'c',
  approval: 'auto' as const,
  scheduledAt: null,
}

describe('a submission', () => {
  it('that is due is dispatched at once, with a command that carries all it needs', () => {
    const { submitted, dispatch } = submit(submission, now)
    expect(dispatch?.command.body).toMatchObject({ postId: submission.postId, hash: submitted.body.hash, content })
    expect(dispatch?.notBefore).toBeNull()
  })
  it('that is due within the look-ahead is dispatched now and kept until its time', () => {
    const scheduledAt = new Date(now.getTime() + 5_000)
    expect(submit({ ...submission, scheduledAt }, now).dispatch?.notBefore).toEqual(scheduledAt)
  })
  it('that is due later is left to the dispatcher', () => {
    expect(submit({ ...submission, scheduledAt: new Date(now.getTime() + LOOK_AHEAD_MS + 1) }, now).dispatch).toBeNull()
  })
  it('that needs a person is not dispatched', () => {
    expect(submit({ ...submission, approval: 'review' }, now).dispatch).toBeNull()
  })
  it('says when it was accepted, unless it may be the repeat of an earlier one', () => {
    const at = now.toISOString()
    expect(submit(submission, now).dispatch?.command.body).toMatchObject({ acceptedAt: at, dispatchedAt: at })
    const repeat = submit({ ...submission, mayBeRepeat: true }, now).dispatch?.command.body
    expect(repeat).toMatchObject({ dispatchedAt: at })
    expect(repeat).not.toHaveProperty('acceptedAt')
  })
  it('may be created for a day after its time, and not later', () => {
    expect(submit(submission, now).submitted.body.notAfter).toBe('2026-01-02T12:00:00.000Z')
  })
  it('said again is the same messages', () => {
    const [one, two] = [submit(submission, now), submit(submission, new Date(now))]
    expect(two.submitted.id).toBe(one.submitted.id)
    expect(two.dispatch?.command.id).toBe(one.dispatch?.command.id)
  })
})

describe('derived ids', () => {
  it('are the same for the same client and key, and others for others', () => {
    expect(submittedPostId('c', 'k')).toBe(submittedPostId('c', 'k'))
    expect(submittedPostId('c', 'k')).not.toBe(submittedPostId('ck', ''))
  })
  it('give an account one answer to a mention', () => {
    const mention = PlatformId.parse('1900000000000000001')
    expect(answerPostId(account, mention)).toBe(answerPostId(account, mention))
    expect(answerPostId(account, mention)).not.toBe(answerPostId(AccountId.parse('grace'), mention))
  })
  it('refuse what no platform gave', () => {
    for (const invented of ['pending_1', '1700000000000', '', '0190000000000000000'])
      expect(PlatformId.safeParse(invented).success).toBe(false)
  })
})

describe('the content hash', () => {
  const hash = (input: unknown): string => contentHash(PostContent.parse(input))
  it('changes with text, order, alt text and target', () => {
    const media = [{ id: 'a'.repeat(64), alt: 'x' }]
    const hashes = [
      { segments: [{ text: 'a' }, { text: 'b' }] },
      { segments: [{ text: 'b' }, { text: 'a' }] },
      { segments: [{ text: 'a', media }, { text: 'b' }] },
      { segments: [{ text: 'a', media: [{ ...media[0], alt: 'y' }] }, { text: 'b' }] },
      { segments: [{ text: 'a' }, { text: 'b' }], replyTo: { platformId: '1900000000000000001' } },
    ].map(hash)
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('the shard of an account', () => {
  it('is fixed and within the number of shards', () => {
    for (const shards of [1, 2, 7]) {
      const shard = shardOf(account, shards)
      expect(shard).toBe(shardOf(account, shards))
      expect(shard).toBeLessThan(shards)
    }
  })
})
