import type { PlatformId } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { createBreakers } from '@surepost/shared/runtime'
import { expect, test } from 'vitest'
import { type CreateResult, type PlatformSession, type PostReading, type Tried, guarded } from '../../src/index.ts'

const KEYS = ['x', 'x/ada']
const call = { signal: new AbortController().signal }
const draft = { text: 'hello', media: [], parent: null }
const wanted = { platformId: '1990000000000000001' as PlatformId, author: null }
const threshold = 3

/** A session that answers each create and each reading with what it is told. */
const sessionOf = (answers: { create?: CreateResult; read?: PostReading }): PlatformSession =>
  ({ publishSegment: async () => answers.create, readPost: async () => answers.read }) as unknown as PlatformSession
const breakersOf = () => createBreakers<Tried>({ isFailure: ({ failed }) => failed, threshold })

const trouble: CreateResult = { outcome: 'not_created', refusal: { kind: 'trouble', detail: 'no button' } }
const unknown: CreateResult = { outcome: 'unknown', reason: 'no answer' }
const wentWrong: PostReading = { kind: 'unreadable', cause: 'went_wrong', detail: 'Something went wrong' }

test.each([
  ['creates that did not work', sessionOf({ create: trouble })],
  ['creates without an answer', sessionOf({ create: unknown })],
])('after %s again and again nothing is tried: a create is certain not to have happened', async (_, session) => {
  const guard = guarded(session, breakersOf(), KEYS, 'a post')
  for (let i = 0; i < threshold; i++) await guard.publishSegment(draft, call)
  expect(await guard.publishSegment(draft, call)).toEqual({
    outcome: 'not_created',
    refusal: { kind: 'away', detail: expect.stringContaining('failed 3 times in a row') as string },
  })
})

test('pages that do not load open it for creates too, and reading is then unavailable', async () => {
  const guard = guarded(sessionOf({ read: wentWrong, create: unknown }), breakersOf(), KEYS, 'a post')
  for (let i = 0; i < threshold; i++) await guard.readPost(wanted, call)
  await expect(guard.readPost(wanted, call)).rejects.toBeInstanceOf(UnavailableError)
  expect(await guard.publishSegment(draft, call)).toMatchObject({ refusal: { kind: 'away' } })
})

test.each<[string, { create?: CreateResult; read?: PostReading }]>([
  ['a duplicate', { create: { outcome: 'not_created', refusal: { kind: 'duplicate', detail: 'there already' } } }],
  [
    'signed out',
    { create: { outcome: 'not_created', refusal: { kind: 'session', trouble: 'signed_out', detail: '' } } },
  ],
  [
    'a rate limit',
    { create: { outcome: 'not_created', refusal: { kind: 'throttled', until: new Date(), detail: '' } } },
  ],
  ['deleted', { read: { kind: 'deleted' } }],
  ['suspended', { read: { kind: 'unreadable', cause: 'suspended', detail: '' } }],
])('the platform’s own word (%s) opens nothing, however often it is said', async (_, answers) => {
  const guard = guarded(sessionOf(answers), breakersOf(), KEYS, 'a post')
  for (let i = 0; i < threshold * 2; i++) {
    if (answers.create !== undefined) expect(await guard.publishSegment(draft, call)).toBe(answers.create)
    if (answers.read !== undefined) expect(await guard.readPost(wanted, call)).toBe(answers.read)
  }
})

test('what the end of a lease stopped says nothing of the platform', async () => {
  const guard = guarded(sessionOf({ create: unknown }), breakersOf(), KEYS, 'a post')
  const stopped = { signal: AbortSignal.abort() }
  for (let i = 0; i < threshold * 2; i++) expect(await guard.publishSegment(draft, stopped)).toBe(unknown)
})

test('one post that fails again and again opens nothing; as many posts do', async () => {
  const breakers = createBreakers<Tried>({
    isFailure: ({ failed }) => failed,
    subjectOf: ({ subject }) => subject,
    threshold,
  })
  const create = (post: string) =>
    guarded(sessionOf({ create: trouble }), breakers, KEYS, post).publishSegment(draft, call)
  for (let i = 0; i < threshold * 3; i++) expect(await create('poison')).toBe(trouble)
  for (let i = 0; i < threshold; i++) await create(`post ${i}`)
  expect(await create('poison')).toMatchObject({ refusal: { kind: 'away' } })
})
