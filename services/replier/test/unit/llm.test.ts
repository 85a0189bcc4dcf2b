import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { measureX } from '@surepost/platforms'
import type { DraftRequest, Spent } from '../../src/drafting/drafter.ts'
import { faultOf } from '../../src/drafting/faults.ts'
import { llmDrafter, replyOf } from '../../src/drafting/llm.ts'
import { openModel } from '../../src/drafting/model.ts'
import { instructions } from '../../src/drafting/prompt.ts'
import { commandFor } from '../support/mention.ts'
import { modelServer, type Answer } from '../support/model-server.ts'

const server = await modelServer()
afterAll(() => server[Symbol.asyncDispose]())
const model = openModel({
  baseUrl: server.url,
  apiKey: 'key',
  model: 'small',
  timeoutMs: 1_000,
  inputPrice: 2,
  outputPrice: 10,
})
const drafter = llmDrafter(model)
const told = commandFor()

const book: { request: string; most?: Spent; spent?: Spent }[] = []
const request: DraftRequest = {
  ...told,
  check: (text) =>
    faultOf(text, {
      author: 'bob',
      handle: 'ada',
      blockedWords: [],
      earlier: ['We know, and it is on the list for the summer.'],
      instructions: instructions(told),
      measure: measureX,
    }),
  book: {
    open: async (id, _, most) => void book.push({ request: id, most }),
    close: async (id, _, spent) => void book.push({ request: id, spent }),
  },
  signal: new AbortController().signal,
}
const answers = (...all: readonly Answer[]): void => {
  let n = 0
  server.answerWith(() => all[n++] ?? { status: 500 })
}
const says = (reply: string | null): Answer => ({ says: JSON.stringify({ reply }) })
beforeEach(() => void (book.length = 0))

describe('a draft by a model', () => {
  it('is what the model said, under the name of the model and of the prompt', async () => {
    answers(says(' Yes, it does. '))
    expect(await drafter.draft(request)).toEqual({ kind: 'draft', text: 'Yes, it does.', drafter: 'small answer-v2' })
  })
  it('is in the book before the model is asked, at its most, and then by the response’s own word', async () => {
    answers({ says: '{"reply":"Yes."}', tokens: [500, 30] })
    await drafter.draft(request)
    const [opened, closed] = book
    expect(opened?.most?.tokens).toBeGreaterThan(500)
    expect(closed).toEqual({ request: opened?.request, spent: { tokens: 530, costMicros: 1_300 } })
  })
  it('that nobody answered stays in the book whole', async () => {
    answers({ hangs: true })
    expect(await drafter.draft(request)).toMatchObject({ kind: 'wait', category: 'timeout' })
    expect(book).toHaveLength(1)
  })
  it('spends at most what it said it could, whatever the model says', async () => {
    const long = 'x'.repeat(20_000)
    answers({ says: long }, { says: long }, { says: long })
    await drafter.draft(request)
    const most = book.flatMap((entry) => entry.most?.tokens ?? []).reduce((sum, tokens) => sum + tokens, 0)
    expect(most).toBeLessThanOrEqual(drafter.most(request).tokens)
    expect(book.filter((entry) => entry.most)).toHaveLength(3)
  })
  it.each<[string, Answer]>([
    ['is no JSON', { says: 'Sure!' }],
    ['has a link', says('See https://evil.example')],
    ['is too long', says('word '.repeat(80))],
    ['repeats an earlier answer', says('We know: it is on the list for the summer')],
  ])('that %s is asked for again, with the reason', async (_, bad) => {
    const before = server.asked.length
    answers(bad, says('Soon.'))
    expect(await drafter.draft(request)).toMatchObject({ kind: 'draft', text: 'Soon.' })
    const [first, second] = server.asked.slice(before)
    expect(first?.messages).toHaveLength(2)
    expect(second?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  })
  it.each<[string, Answer, string]>([
    ['no JSON', { says: '{"reply":""}' }, 'invalid_output'],
    ['too long', says('word '.repeat(80)), 'invalid_output'],
    ['unsafe', says('Ask @carol'), 'unsafe_draft'],
    ['an earlier answer', says('We know, it is on the list for the summer.'), 'near_duplicate'],
  ])('that stays %s after three askings is none', async (_, bad, reason) => {
    const before = server.asked.length
    answers(bad, bad, bad, says('too late'))
    expect(await drafter.draft(request)).toMatchObject({ kind: 'none', reason, failed: true })
    expect(server.asked.length - before).toBe(3)
  })
  it('is none when the model refuses, and none without a failure when it wants none', async () => {
    answers({ refuses: true })
    expect(await drafter.draft(request)).toMatchObject({ kind: 'none', reason: 'refusal', failed: true })
    answers(says(null))
    expect(await drafter.draft(request)).toMatchObject({ kind: 'none', reason: 'no_answer_wanted', failed: false })
  })
  it.each<[Answer, string]>([
    [{ status: 429, code: 'insufficient_quota' }, 'quota'],
    [{ status: 429 }, 'rate'],
    [{ status: 401 }, 'authentication'],
    [{ status: 500 }, 'server'],
  ])('waits after %j, and asks once only', async (answer, category) => {
    const before = server.asked.length
    answers(answer, says('never'))
    expect(await drafter.draft(request)).toMatchObject({ kind: 'wait', category })
    expect(server.asked.length - before).toBe(1)
  })
})

describe('what the model answers', () => {
  it.each(['Sure! Here you go', '{"reply":""}', '{"reply":"a","more":1}', '[]', ''])(
    'is nothing when it is %j',
    (said) => {
      expect(replyOf(said)).toBeUndefined()
    },
  )
})
