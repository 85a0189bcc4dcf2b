import { COMMANDS, FACTS, LEASE_REQUESTS, RUNGS, isValueQueue } from '@surepost/shared/contracts'
import { definitions, policies, topology } from '@surepost/shared/messaging'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const named = (shards: number): ReadonlySet<string> => new Set(topology(shards).queues.map(({ name }) => name))

describe('the topology', () => {
  test('has a queue for every command and lease class of every shard, and a dead queue for each', () => {
    const queues = named(3)
    for (const { queue, sharded } of [...COMMANDS, ...Object.values(LEASE_REQUESTS)]) {
      for (const name of sharded ? [0, 1, 2].map((shard) => `${queue}.${shard}`) : [queue]) {
        expect(queues).toContain(name)
        expect(queues).toContain(`${name}.dead`)
      }
    }
    expect(queues).not.toContain('poster.publish.3')
  })

  test('has every rung twice: one blocked domain must not hold up the other', () => {
    for (const domain of ['commands', 'facts'])
      for (const rung of Object.keys(RUNGS)) expect(named(1)).toContain(`surepost.delay.${domain}.${rung}`)
  })

  test('brings every recorded fact to the persister', () => {
    const keys = topology(1).bindings.filter(
      ({ queue, exchange }) => queue === 'persister.facts' && exchange === 'surepost.facts',
    )
    const recorded = FACTS.filter((fact) => fact.recorded).map(({ type }) => type)
    expect(keys.map(({ key }) => key).sort()).toEqual(recorded.sort())
  })

  test('lets every work and dead queue be reached by its own name, where rungs and the delivery limit send to', () => {
    const { queues, bindings } = topology(2)
    for (const { name } of queues.filter(({ role }) => role !== 'rung'))
      expect(bindings).toContainEqual({ queue: name, exchange: 'surepost.work', key: name })
  })

  test('names nothing twice', () => {
    const { queues, exchanges } = topology(4)
    expect(named(4).size).toBe(queues.length)
    expect(new Set(exchanges.map(({ name }) => name)).size).toBe(exchanges.length)
  })
})

describe('the policies', () => {
  test('match exactly one queue each, and never two share a priority', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (shards) => {
        const all = policies('/', shards)
        const queues = [...named(shards)]
        expect(new Set(all.map(({ priority }) => priority)).size).toBe(all.length)
        for (const { pattern, name } of all)
          expect(queues.filter((queue) => new RegExp(pattern).test(queue))).toEqual([name])
      }),
      { numRuns: 12 },
    )
  })

  test('ask for all three that make dead-lettering at least once, wherever it happens', () => {
    const leaves = (name: string): boolean => !name.endsWith('.dead') && !isValueQueue(name)
    for (const { definition } of policies('/', 1).filter(({ name }) => leaves(name))) {
      expect(definition).toMatchObject({
        'dead-letter-exchange': 'surepost.work',
        'dead-letter-strategy': 'at-least-once',
        overflow: 'reject-publish',
      })
    }
  })

  test('give every rung its delay and every work queue its limit and its dead queue', () => {
    const byName = new Map(policies('/', 1).map((policy) => [policy.name, policy.definition]))
    expect(byName.get('surepost.delay.facts.30s')).toMatchObject({ 'message-ttl': 30_000 })
    expect(byName.get('poster.publish.0')).toMatchObject({
      'delivery-limit': 20,
      'dead-letter-routing-key': 'poster.publish.0.dead',
    })
    expect(byName.get('poster.publish.0.dead')).not.toHaveProperty('dead-letter-exchange')
  })

  test('leave one place to a value, which a newer one takes', () => {
    const standing = policies('/', 1).find(({ name }) => name === 'broker.standing.0')
    expect(standing?.definition).toMatchObject({ 'max-length': 1, overflow: 'drop-head' })
  })

  test('are a definitions file that RabbitMQ 3.10 takes as well', () => {
    const file = definitions('surepost', 1)
    expect(file.policies[0]).toMatchObject({ vhost: 'surepost', 'apply-to': 'queues' })
  })
})
