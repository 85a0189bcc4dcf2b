import type { TestLedger } from './ledger.ts'
import { click, crash, endLease, look, tell, work } from './world/holder-moves.ts'
import { audit, cancel, deleteLive, edit, killSwitch, pass } from './world/person-moves.ts'
import { type Flaws, type Move, WorldState } from './world/state.ts'

export { type Flaws, policyFor } from './world/state.ts'

/** Those that matter most come more often. */
const MOVES: readonly Move[] = [
  work,
  work,
  click,
  click,
  tell,
  tell,
  endLease,
  crash,
  look,
  look,
  cancel,
  edit,
  edit,
  deleteLive,
  killSwitch,
  audit,
  pass,
  pass,
]

/**
 * A platform, its holders and the real ledger between them, moved by random choices. Clicks land late, responses are
 * lost, holders freeze and click long after, brokers crash, timelines lag.
 */
export class World {
  readonly #state: WorldState

  /** @param ledger an empty one, made with `policyFor` the flaws */
  constructor(ledger: TestLedger, flaws: Flaws = {}) {
    this.#state = new WorldState(ledger, flaws)
    killSwitch(this.#state, 1)
  }

  /** Make one move. @param choice any number from 0 @param random in which way */
  move(choice: number, random: number): void {
    MOVES[choice % MOVES.length]?.(this.#state, random)
  }

  /** What must hold at every moment. */
  check(): void {
    for (const [key, creates] of this.#state.creates) {
      if (creates.length > 1) throw new Error(`${key} was created ${creates.length} times`)
      const [postId = ''] = key.split(' ')
      if (creates.length > 0 && this.#state.cancelled.has(postId)) throw new Error(`${key} was cancelled and is live`)
      for (const { revision } of creates)
        if (this.#state.calledOff.has(`${postId} ${revision}`))
          throw new Error(`${key} was edited and is live as it was`)
    }
    const [, first, second] = this.#state.posts
    if (first === undefined || second === undefined) return
    const [one, two] = [this.#state.all(first), this.#state.all(second)]
    if (two.some(({ revision }) => !one.some((create) => create.revision === revision)))
      throw new Error('a later segment is live without the one before it')
  }
}
