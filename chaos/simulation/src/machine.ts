import type { Agenda, Millis } from './agenda.ts'
import type { Say } from './journal.ts'

/**
 * A process of ours: it can be killed (what it was about to do never happens) and stopped (what it was about to do
 * happens when it goes on).
 */
export interface Machine {
  readonly name: string
  readonly up: boolean
  readonly frozen: boolean
  /** How often it was started: what an earlier life planned is not done by a later one. */
  readonly life: number
  /** Do it in this process after `ms`: never if it dies before, late if it is stopped then. */
  after(ms: Millis, run: () => void): void
  /** The life that it lives now. */
  living(): Life
  kill(downMs: Millis, why: string): void
  freeze(ms: Millis): void
}

/** One life of a process: what it plans dies with it, whoever asks for it to be done. */
export interface Life {
  readonly name: string
  readonly machine: Machine
  /** False for ever once it has died. */
  readonly alive: boolean
  after(ms: Millis, run: () => void): void
}

export interface MachineHooks {
  /** At its death; whoever spoke with it sees that later. */
  readonly onDeath?: () => void
  readonly onStart?: () => void
  readonly onFreeze?: (until: Millis) => void
}

export const machineOf = (name: string, agenda: Agenda, say: Say, hooks: () => MachineHooks): Machine => {
  let life = 1
  let up = true
  let frozenUntil = 0
  let held: (() => void)[] = []

  const inLife = (of: number, run: () => void): void => {
    if (of !== life || !up) return
    if (agenda.now < frozenUntil) held.push(() => inLife(of, run))
    else run()
  }
  const thaw = (): void => {
    if (agenda.now < frozenUntil) return
    const runs = held
    held = []
    if (runs.length > 0) say(name, () => 'goes on where it was stopped')
    for (const run of runs) run()
  }
  const later = (of: number, ms: Millis, run: () => void): void => agenda.after(ms, () => inLife(of, run))
  const machine: Machine = {
    name,
    get up() {
      return up
    },
    get frozen() {
      return agenda.now < frozenUntil
    },
    get life() {
      return life
    },
    after: (ms, run) => later(life, ms, run),
    living() {
      const of = life
      return {
        name,
        machine,
        get alive() {
          return up && of === life
        },
        after: (ms, run) => later(of, ms, run),
      }
    },
    kill(downMs, why) {
      if (!up) return
      say(name, () => `is killed (${why})`)
      up = false
      frozenUntil = 0
      held = []
      hooks().onDeath?.()
      agenda.after(downMs, () => {
        life += 1
        up = true
        say(name, () => 'is started again')
        hooks().onStart?.()
      })
    },
    freeze(ms) {
      if (!up || agenda.now < frozenUntil) return
      frozenUntil = agenda.now + ms
      say(name, () => `is stopped for ${ms / 1_000} s`)
      agenda.at(frozenUntil, thaw)
      hooks().onFreeze?.(frozenUntil)
    },
  }
  return machine
}
