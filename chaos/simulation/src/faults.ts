import type { Agenda, Millis } from './agenda.ts'
import type { Say } from './journal.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import type { FaultPlan } from './scenario.ts'

/** What can be broken; filled in when the parts exist. */
export interface Targets {
  readonly posters: readonly Machine[]
  readonly broker: Machine
  readonly persister: Machine
  readonly console: Machine
  readonly rabbitOutage: (ms: Millis) => void
  readonly databaseOutage: (ms: Millis) => void
  readonly platformTrouble: (ms: Millis) => void
  readonly crashBroker: (downMs: Millis) => void
}

/** Trouble: at a step of whoever is at work, and at times of its own. */
export interface Faults {
  /**
   * Called at each step of a process at which it may be struck.
   * @param weight how much more often than elsewhere
   * @returns false when it died there
   */
  step(machine: Machine, weight?: number): boolean
  aim(targets: Targets): void
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** From a hiccup that nobody notices to a stop that outlives every lease and heartbeat. */
const freezeMs = (random: Random): Millis =>
  random.pick([
    random.between(200, 4 * SECOND),
    random.between(5 * SECOND, 30 * SECOND),
    random.between(MINUTE, 6 * MINUTE),
  ])

const downMs = (random: Random): Millis =>
  random.chance(0.8) ? random.between(300, 15 * SECOND) : random.between(MINUTE, 15 * MINUTE)

export const faultsOf = (plan: FaultPlan, random: Random, agenda: Agenda, say: Say): Faults => {
  let left = plan.most
  let targets: Targets | undefined

  const process = (machine: Machine): void => {
    if (targets !== undefined && machine === targets.broker && random.chance(0.7)) targets.crashBroker(downMs(random))
    else if (random.chance(0.5)) machine.kill(downMs(random), 'SIGKILL')
    else machine.freeze(freezeMs(random))
  }
  const elsewhere = (at: Targets): void => {
    const kind = random.below(10)
    if (kind < 3) at.crashBroker(downMs(random))
    else if (kind < 4) at.broker.freeze(freezeMs(random))
    else if (kind < 5) at.rabbitOutage(random.between(SECOND, 3 * MINUTE))
    else if (kind < 6) at.databaseOutage(random.between(SECOND, 15 * MINUTE))
    else if (kind < 7) process(at.persister)
    else if (kind < 8) at.platformTrouble(random.between(10 * SECOND, 10 * MINUTE))
    else if (kind < 9) process(random.pick(at.posters))
    else {
      say('chaos', () => 'takes every poster away')
      const ms = random.between(5 * MINUTE, 40 * MINUTE)
      for (const poster of at.posters) poster.kill(ms, 'all posters are away')
    }
  }
  return {
    step(machine, weight = 1) {
      if (left <= 0 || agenda.now > plan.until || !random.chance(plan.perStep * weight)) return true
      left -= 1
      const { life } = machine
      if (targets === undefined || random.chance(0.75)) process(machine)
      else elsewhere(targets)
      return machine.up && machine.life === life
    },
    aim(at) {
      targets = at
      for (const time of plan.times)
        agenda.at(time, () => {
          left -= 1
          elsewhere(at)
        })
    },
  }
}
