import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestLedger } from '../support/ledger.ts'
import { type Flaws, World, policyFor } from '../support/world.ts'

type History = readonly (readonly [move: number, random: number])[]
const histories = fc.array(fc.tuple(fc.nat(99), fc.nat(1_000_000)), { minLength: 20, maxLength: 80 })

/** Play each history on an empty ledger, and check the world after every move. */
const player =
  (ledger: TestLedger, flaws: Flaws) =>
  (history: History): void => {
    ledger.reset()
    const world = new World(ledger, flaws)
    for (const [move, random] of history) {
      world.move(move, random)
      world.check()
    }
  }

test('whatever happens, nothing is created twice, out of order, or after it was cancelled or edited', () => {
  using ledger = new TestLedger(':memory:', policyFor({}))
  fc.assert(fc.property(histories, player(ledger, {})), { numRuns: 2_000 })
}, 60_000)

test.each<[string, Flaws]>([
  ['the window is too short', { window: 'short' }],
  ['the window is counted from begin', { quietFromBegin: true }],
  ['a reading that straddles the window counts', { straddling: true }],
  ['a lost ledger is taken as an empty one', { lostTakenAsEmpty: true }],
  ['an edit does not call off what it replaces', { editCallsNothingOff: true }],
  ['the kill switch is not told to the ledger', { stopNotTold: true }],
])(
  'the property notices when %s',
  (_, flaws) => {
    using ledger = new TestLedger(':memory:', policyFor(flaws))
    const found = fc.check(fc.property(histories, player(ledger, flaws)), { numRuns: 10_000, endOnFailure: true })
    expect(found.failed).toBe(true)
  },
  60_000,
)
