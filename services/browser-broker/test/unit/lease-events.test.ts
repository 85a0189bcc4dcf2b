import { AccountId, LeaseMoved, LeaseRefused, RECORDED_FACTS, newId } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { expect, test, vi } from 'vitest'
import { MOST_UNDER_WAY, openEvents } from '../../src/leases/events.ts'
import { type LeaseMove, move, reserved } from '../../src/leases/lease.ts'

const account = AccountId.parse('acme')
const request = (receivedAt = Date.now()) => ({ account, class: 'act' as const, receivedAt })
const followed = (receivedAt?: number) => {
  const moves: LeaseMove[] = []
  return { moves, lease: reserved(request(receivedAt), Date.now() + 5_000, (one) => void moves.push(one)) }
}
const told = (moves: readonly LeaseMove[]) => moves.map(({ event, state, cause }) => [event, state, cause])

test('every transition of a lease is told once, with its state, and with its cause from its end on', () => {
  const { lease, moves } = followed()
  for (const [event, cause] of [['claimed'], ['ended', 'released'], ['kept']] as const)
    expect(move(lease, event, cause)).toBe(true)
  expect(told(moves)).toEqual([
    ['reserved', 'offered', null],
    ['claimed', 'active', null],
    ['ended', 'closing', 'released'],
    ['kept', 'closed', 'released'],
  ])
})

test('what the table does not allow changes nothing and tells nothing; the first cause stands', () => {
  const { lease, moves } = followed()
  expect(move(lease, 'kept')).toBe(false)
  expect(move(lease, 'ended', 'unclaimed')).toBe(true)
  expect(move(lease, 'ended', 'shutdown')).toBe(false)
  expect(move(lease, 'claimed')).toBe(false)
  expect(move(lease, 'gone')).toBe(true)
  expect(told(moves)).toEqual([
    ['reserved', 'offered', null],
    ['ended', 'closing', 'unclaimed'],
    ['gone', 'closed', 'unclaimed'],
  ])
})

test('an event says how long its request waited and how old its lease is, and nothing that is secret', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const { lease, moves } = followed(Date.now() - 1_500)
    vi.setSystemTime(Date.now() + 700)
    move(lease, 'claimed')
    expect(moves.map(({ waitedMs, ageMs }) => [waitedMs, ageMs])).toEqual([
      [1_500, 0],
      [1_500, 700],
    ])
    expect(JSON.stringify(moves)).not.toContain(lease.ticket.token)
  } finally {
    vi.useRealTimers()
  }
})

interface Emitted {
  readonly type: string
  readonly body: unknown
}
const eventsOver = (emit: () => Promise<void>, trouble?: ReturnType<Bus['trouble']>) => {
  const emitted: Emitted[] = []
  const bus = {
    emit: (contract: { type: string }, body: unknown) => {
      emitted.push({ type: contract.type, body })
      return emit()
    },
    trouble: () => trouble,
  } as unknown as Pick<Bus, 'emit' | 'trouble'>
  return { emitted, events: openEvents(bus, 3, silentLogger()) }
}

test('events fit their contracts, are of live views, and reach neither the record nor a durable queue', () => {
  const { events, emitted } = eventsOver(async () => {})
  const lease = reserved(request(), Date.now() + 5_000, events.moved)
  move(lease, 'ended', 'denied')
  const of = { account, class: 'act', reason: 'budget', waitedMs: 4 } as const
  events.refused({ ...of, requestId: newId(), retryAt: Date.now() + 0.5 })
  expect(emitted.map(({ type }) => type)).toEqual(['lease.moved', 'lease.moved', 'lease.refused'])
  for (const { type, body } of emitted)
    expect((type === LeaseMoved.type ? LeaseMoved : LeaseRefused).body.parse(body)).toMatchObject({ shard: 3 })
  const recorded = RECORDED_FACTS.map(({ type }) => type)
  for (const { type } of [LeaseMoved, LeaseRefused]) expect(recorded).not.toContain(type)
})

test('a RabbitMQ that fails, is away or is slow holds up no lease, and events do not pile up before it', async () => {
  const failing = eventsOver(() => Promise.reject(new Error('blocked')))
  expect(move(reserved(request(), 0, failing.events.moved), 'claimed')).toBe(true)

  const away = eventsOver(async () => {}, { kind: 'away', reason: 'no connection' })
  expect(move(reserved(request(), 0, away.events.moved), 'claimed')).toBe(true)
  expect(away.emitted).toEqual([])

  const slow = eventsOver(() => new Promise(() => {}))
  for (let i = 0; i < 2 * MOST_UNDER_WAY; i++) reserved(request(), 0, slow.events.moved)
  expect(slow.emitted).toHaveLength(MOST_UNDER_WAY)
})
