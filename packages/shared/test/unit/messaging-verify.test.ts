import { policies, topology } from '@surepost/shared/messaging'
import { describe, expect, test } from 'vitest'
import { differences, expectedFor, policyTroubles } from '../../src/messaging/verify.ts'

const { queues } = topology(1)
const ours = policies('/', 1)
const reported = ours.map(({ name, definition }) => ({ name, effective_policy_definition: definition }))
const catchAll = {
  name: 'ttl',
  pattern: '.*',
  'apply-to': 'queues',
  priority: 9_999,
  definition: { 'message-ttl': 60_000 },
}

describe('the policies in force', () => {
  test('are right when the broker reports them for every queue', () => {
    expect(policyTroubles(queues, reported, [])).toEqual([])
  })

  test('are foreseen for queues that the broker does not report yet', () => {
    expect(policyTroubles(queues, [], ours)).toEqual([])
  })

  test('are wrong when there are none: each queue is named with what is missing', () => {
    const [sentence, ...more] = policyTroubles(queues, [], [])
    expect(more).toEqual([])
    expect(sentence).toContain('queue poster.publish.0: dead-letter-exchange is not set and must be "surepost.work"')
    expect(sentence).toContain(`and ${queues.length - 3} more queues`)
    expect(sentence).toContain('Apply the policies of this version')
  })

  test('are wrong when one of another outranks them', () => {
    expect(policyTroubles(queues, [], [...ours, catchAll])[0]).toContain('message-ttl is 60000 and must be not set')
    expect(policyTroubles(queues, [], [...ours, { ...catchAll, priority: 1 }])).toEqual([])
    expect(policyTroubles(queues, [], [...ours, { ...catchAll, 'apply-to': 'classic_queues' }])).toEqual([])
  })

  test('believe the broker rather than the list', () => {
    const wrong = reported.map((state) =>
      state.name === 'scraper.metrics' ? { ...state, effective_policy_definition: { 'delivery-limit': 20 } } : state,
    )
    const [sentence] = policyTroubles(queues, wrong, ours)
    expect(sentence).toContain('queue scraper.metrics: dead-letter-exchange is not set')
    expect(sentence).not.toContain('poster.publish.0')
  })
})

test('limits of an operator change nothing, since a full queue refuses', () => {
  expect(differences({ overflow: 'reject-publish' }, { overflow: 'reject-publish', 'max-length': 10 })).toEqual([])
  expect(differences({ overflow: 'reject-publish' }, { overflow: 'reject-publish', expires: 10 })).toEqual([
    'expires is 10 and must be not set',
  ])
})

test('a pattern that is not understood here decides nothing', () => {
  expect(expectedFor('a', [{ ...catchAll, pattern: '(?<' }])).toEqual({})
})
