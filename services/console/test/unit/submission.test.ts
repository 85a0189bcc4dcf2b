import { MediaId, type PostContent } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { SubmitPost, contentOf, contentTroubles, scheduleTroubles } from '../../src/decisions/submission.ts'
import { unstorable } from '../../src/http/strings.ts'

const measure = (text: string) => ({ length: text.length, limit: 10 })
const image = MediaId.parse('a'.repeat(64))
const content = (...texts: string[]): PostContent => ({ segments: texts.map((text) => ({ text, media: [] })) })
const parse = (body: unknown) => SubmitPost.safeParse(body)
const messages = (body: unknown) =>
  parse(body).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []

test('what is left out has its default', () => {
  const body = SubmitPost.parse({ account: 'ada', segments: [{ text: 'hello' }] })
  expect(body).toEqual({
    account: 'ada',
    segments: [{ text: 'hello', media: [] }],
    scheduledAt: null,
    approval: 'auto',
  })
  expect(contentOf(body)).toEqual(content('hello'))
})

test('a schedule with any offset is kept as UTC', () => {
  const body = SubmitPost.parse({ account: 'a', segments: [{ text: 'x' }], scheduledAt: '2030-01-31T12:00:00+02:00' })
  expect(body.scheduledAt).toBe('2030-01-31T10:00:00.000Z')
})

test('a reply may name its target by the bare id', () => {
  const body = SubmitPost.parse({ account: 'a', segments: [{ text: 'x' }], replyTo: '1800000000000000001' })
  expect(contentOf(body).replyTo).toEqual({ platformId: '1800000000000000001' })
})

test.each([
  [{ segments: [{ text: 'x' }] }, 'account: '],
  [{ account: 'a' }, 'segments: must be a list'],
  [{ account: 'a', segments: [] }, 'segments: must have at least one segment'],
  [
    { account: 'a', segments: Array.from({ length: 26 }, () => ({ text: 'x' })) },
    'segments: a thread may have up to 25 segments',
  ],
  [{ account: 'a', segments: [{ text: 7 }] }, 'segments.0.text: must be the text'],
  [
    { account: 'a', segments: [{ text: 'x' }], scheduledAt: 'tomorrow' },
    'scheduledAt: must be a moment with its offset',
  ],
  [{ account: 'a', segments: [{ text: 'x' }], scheduledAt: '2030-01-31T12:00:00' }, 'scheduledAt: must be a moment'],
  [
    { account: 'a', segments: [{ text: 'x' }], replyTo: 'pending_1' },
    'replyTo.platformId: must be an id that the platform',
  ],
  [{ account: 'a', segments: [{ text: 'x' }], approval: 'yes' }, 'approval: must be "auto" or "review"'],
  [{ account: 'a', segments: [{ text: 'x' }], schedule: 'now' }, ': Unrecognized key: "schedule"'],
  ['text', ': must be one JSON object'],
])('%j is refused, and the sentence says where and why', (body, sentence) => {
  expect(messages(body).join('\n')).toContain(sentence)
})

test('an empty text needs an image', () => {
  expect(contentTroubles(content('ok', '  \n'), measure)).toEqual([
    { path: 'segments.1.text', message: expect.stringContaining('segment 2 is empty') },
  ])
  expect(contentTroubles({ segments: [{ text: '', media: [{ id: image, alt: 'a cat' }] }] }, measure)).toEqual([])
})

test('a text over the weighted length is refused with its length, the limit and its segment', () => {
  expect(contentTroubles(content('ok', '12345678901'), measure)).toEqual([
    {
      path: 'segments.1.text',
      message: expect.stringMatching(/segment 2 has a weighted length of 11; the limit is 10/),
    },
  ])
})

test('a schedule is between now and the horizon', () => {
  const now = new Date('2026-01-01T00:00:00.000Z')
  const policy = { horizon: 365 * 86_400 }
  expect(scheduleTroubles(null, now, policy)).toEqual([])
  expect(scheduleTroubles('2026-06-01T00:00:00.000Z', now, policy)).toEqual([])
  expect(scheduleTroubles('2025-12-31T23:59:59.999Z', now, policy)[0]?.message).toContain('is in the past')
  expect(scheduleTroubles('2027-01-01T00:00:00.001Z', now, policy)[0]?.message).toContain('the horizon is 365 days')
})

test('a text that no database can keep is found wherever it is', () => {
  const body = { account: 'a', segments: [{ text: 'fine 😀' }, { text: 'nul \0' }, { media: [{ alt: '\ud83d' }] }] }
  expect(unstorable(body).map((trouble) => trouble.path)).toEqual(['segments.1.text', 'segments.2.media.0.alt'])
})
