import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tellBreakers } from '../../src/alerts/index.ts'
import { UnavailableError } from '../../src/errors/index.ts'
import { silentLogger } from '../../src/runtime/index.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Facts as RabbitMQ took them; it takes none while it is away. */
const rabbitmq = () => {
  const told: string[] = []
  const world = { away: false, told }
  const emit = async (contract: { readonly type: string }, body: unknown): Promise<void> => {
    if (world.away) throw new UnavailableError('RabbitMQ', 'It is away.')
    const { state } = body as { readonly state?: string }
    told.push(state === undefined ? contract.type : `${contract.type} ${state}`)
  }
  return { world, tell: tellBreakers({ bus: { emit }, log: silentLogger(), service: 'persister' }) }
}
const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5_000)

describe('the word about a breaker', () => {
  it('is a fact, and an alert while it is open', async () => {
    const { world, tell } = rabbitmq()
    tell('database', 'open')
    await soon()
    tell('database', 'closed')
    await soon()
    expect(world.told).toEqual(['breaker.changed open', 'alert.raised', 'breaker.changed closed', 'alert.cleared'])
  })

  it('that it is closed again is told when RabbitMQ is back, and not forgotten', async () => {
    const { world, tell } = rabbitmq()
    tell('database', 'open')
    await soon()
    world.away = true
    tell('database', 'half-open')
    tell('database', 'closed')
    await soon()
    world.away = false
    await soon()
    expect(world.told.slice(2)).toEqual(['breaker.changed closed', 'alert.cleared'])
  })

  it('of each breaker is told', async () => {
    const { world, tell } = rabbitmq()
    world.away = true
    tell('database', 'open')
    tell('x', 'closed')
    await soon()
    world.away = false
    await soon()
    expect(world.told).toEqual(['breaker.changed open', 'alert.raised', 'breaker.changed closed', 'alert.cleared'])
  })
})
