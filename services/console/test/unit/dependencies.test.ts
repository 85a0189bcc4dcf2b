import { expect, test } from 'vitest'
import type { QueueDepth } from '../../src/api/shapes.ts'
import { type Finding, seeminglyDeserted, serviceFindings, withFindings } from '../../src/decisions/dependencies.ts'

const queue = (name: string, consumers: number): QueueDepth => ({
  name,
  consumers,
  ready: 0,
  unacked: 0,
  inRate: 0,
  outRate: 0,
  ageMs: 0,
})
const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

test('a service is there while somebody takes from each of its queues', () => {
  const queues = [
    queue('poster.publish.0', 1),
    queue('poster.publish.0.dead', 0),
    queue('poster.delete.0', 0),
    queue('persister.facts', 2),
  ]
  expect(serviceFindings(queues)).toEqual([
    ['poster', 'Nobody takes from poster.delete.0: is the poster running?'],
    ['persister', undefined],
  ])
})

test('a service is there when RabbitMQ itself counts who takes, whatever its statistics say', () => {
  const queues = [queue('poster.publish.0', 0), queue('poster.publish.0.dead', 0), queue('persister.facts', 2)]
  expect(seeminglyDeserted(queues)).toEqual(['poster.publish.0'])
  expect(serviceFindings(queues, new Map([['poster.publish.0', 1]]))).toEqual([
    ['poster', undefined],
    ['persister', undefined],
  ])
  expect(serviceFindings(queues, new Map([['poster.publish.0', 0]]))[0]?.[1]).toContain('Nobody takes')
})

test('what stays as it is keeps its time, what changes gets another, and nothing new is the same object', () => {
  const up: Finding[] = [['database', undefined]]
  const down: Finding[] = [['database', 'It does not answer.']]
  const first = withFindings(new Map(), up, at(0))
  expect(withFindings(first, up, at(1))).toBe(first)
  const away = withFindings(first, down, at(2))
  expect(away.get('database')).toEqual({
    name: 'database',
    up: false,
    since: at(2).toISOString(),
    detail: 'It does not answer.',
  })
  const otherwise = withFindings(away, [['database', 'It refuses us.']], at(3))
  expect(otherwise.get('database')).toMatchObject({ since: at(2).toISOString(), detail: 'It refuses us.' })
  expect(withFindings(otherwise, up, at(4)).get('database')).toMatchObject({ up: true, since: at(4).toISOString() })
})
