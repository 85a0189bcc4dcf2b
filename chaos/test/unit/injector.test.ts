import { describe, expect, it } from 'vitest'
import type { Fault, FaultContext, Injection } from '../../src/faults/types.ts'
import type { PlannedFault } from '../../src/plan/types.ts'
import { startFaults } from '../../src/run/injector.ts'

const planned = (n: number, more: Partial<PlannedFault> = {}): PlannedFault => ({
  n,
  at: 0,
  kind: 'a',
  target: null,
  group: 'g',
  holdMs: 5,
  inFlight: false,
  ...more,
})
const kind = (inject: Fault['inject'], more: Partial<Fault> = {}): Fault => ({
  kind: 'a',
  targets: [],
  holdMs: { least: 0, most: 0 },
  group: 'g',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'publishing',
  inject,
  ...more,
})
const injection = (more: Partial<Injection> = {}): Injection => ({
  heal: async () => undefined,
  happened: async () => true,
  ...more,
})

const run = async (faults: readonly PlannedFault[], catalog: readonly Fault[], isActing = async () => true) => {
  const begun: number[] = []
  const told: string[] = []
  const injector = startFaults({
    faults,
    catalog,
    // The kinds here use nothing of it but its signal.
    context: { signal: new AbortController().signal } as FaultContext,
    broker: { isActing },
    recoveries: { measure: async () => 3 },
    clock: { now: 7, until: async () => undefined },
    pace: { begun: ({ n }) => begun.push(n), allowsFault: async () => undefined },
    onChange: (text) => told.push(text),
  })
  await injector.done
  return { records: await injector.records(), begun, told, injector }
}

const away = (): Promise<boolean> => Promise.reject(new Error('the browser-broker is away'))
const idle = async (): Promise<boolean> => false

describe('the injector', () => {
  it('plants, holds and heals each fault, and records what became of it', async () => {
    const log: string[] = []
    const { records, begun, injector } = await run(
      [planned(1)],
      [kind(async () => (log.push('inject'), injection({ heal: async () => void log.push('heal') })))],
    )
    expect(log).toEqual(['inject', 'heal'])
    expect(records).toEqual([
      { n: 1, kind: 'a', target: null, at: 7, happened: true, inFlight: true, recoverySeconds: 3, note: null },
    ])
    expect([begun, injector.begun, injector.active]).toEqual([[1], 1, []])
  })

  it('never has two faults of one group in force, and lets others overlap', async () => {
    let [now, most, mostOfGroup] = [new Set<PlannedFault>(), 0, 0]
    const inject: Fault['inject'] = async (_, it) => {
      now.add(it)
      most = Math.max(most, now.size)
      mostOfGroup = Math.max(mostOfGroup, [...now].filter(({ group }) => group === 'g').length)
      return injection({ heal: async () => void now.delete(it) })
    }
    await run([planned(1), planned(2), planned(3, { group: 'other' })], [kind(inject)])
    expect([mostOfGroup, most]).toEqual([1, 2])
  })

  it('records a fault that could not be planted as one that did not happen, and goes on', async () => {
    const fails = kind(async () => {
      throw new Error('poster does not run.')
    })
    const { records, told } = await run(
      [planned(1), planned(2, { kind: 'b' })],
      [fails, kind(async () => injection(), { kind: 'b' })],
    )
    expect(records.map(({ happened, note }) => [happened, note])).toEqual([
      [false, 'poster does not run.'],
      [true, null],
    ])
    expect(told).toContain('fault 1: a for 0.0 s: poster does not run.')
  })

  it('says that a fault was not healed', async () => {
    const stuck = injection({ heal: () => Promise.reject(new Error('it does not start')) })
    expect((await run([planned(1)], [kind(async () => stuck)])).records[0]?.note).toBe('not healed: it does not start')
  })

  it('waits for an action in flight where it is to, and records the truth', async () => {
    let looks = 0
    const soon = async (): Promise<boolean> => (looks += 1) > 2
    const inject = async (): Promise<Injection> => injection()
    expect((await run([planned(1, { inFlight: true })], [kind(inject)], soon)).records[0]?.inFlight).toBe(true)
    expect((await run([planned(1)], [kind(inject)], idle)).records[0]?.inFlight).toBe(false)
    expect((await run([planned(1)], [kind(inject)], away)).records[0]?.inFlight).toBe(false)
  })

  it('takes a fault that strikes creates for one in flight only when it has struck', async () => {
    const creates = (happened: boolean): Fault =>
      kind(async () => injection({ happened: async () => happened }), { strikesCreates: true })
    expect((await run([planned(1)], [creates(true)], idle)).records[0]).toMatchObject({
      happened: true,
      inFlight: true,
    })
    expect((await run([planned(1)], [creates(false)])).records[0]).toMatchObject({ happened: false, inFlight: false })
  })
})
