import { expect, test } from 'vitest'
import { liveEvent } from '../../src/decisions/live-event.ts'

test('an event has ids and figures, and neither texts nor reasons', () => {
  const body = { at: 't', postId: 'p', content: { segments: [{ text: 'secret' }] }, reason: 'secret', account: 'ada' }
  expect(liveEvent({ id: '1', type: 'post.submitted', body })).toEqual({
    id: '1',
    type: 'post.submitted',
    at: 't',
    postId: 'p',
    account: 'ada',
  })
})

test('a fact with an odd body is still an event', () => {
  expect(liveEvent({ id: '1', type: 'x', body: null })).toEqual({ id: '1', type: 'x' })
})
