import type { Millis } from './agenda.ts'
import type { World } from './world.ts'

/** Whoever publishes: what it still has to do dies with it. */
export interface Sender {
  after(ms: Millis, run: () => void): void
}

/** RabbitMQ: takes messages from processes until they are confirmed, and is away now and then. */
export interface Rabbit {
  readonly up: boolean
  /**
   * Publish in a process. `arrive` happens at least once if `confirmed` does: a lost confirm makes another copy.
   * `failed` happens instead when nothing was confirmed for 30 s; without it the process tries for ever.
   */
  publish(from: Sender, arrive: () => void, confirmed: () => void, failed?: () => void): void
  outage(ms: Millis): void
  /** Every connection was lost; called once per outage, at its beginning and at its end. */
  watch(lost: () => void, back: () => void): void
}

/** A publish that is not confirmed by then is an error to its sender. */
const PUBLISH_DEADLINE_MS = 30_000
const CONFIRM_LOST_AFTER_MS = 3_000
const MOST_COPIES = 6

export const openRabbit = (world: World): Rabbit => {
  const { agenda, random, say, scenario } = world
  const watchers: { readonly lost: () => void; readonly back: () => void }[] = []
  let downUntil = 0
  let copiesLeft = MOST_COPIES
  /** Copies multiply with each hop of what is copied: a few are enough. */
  const isCopied = (rate: number): boolean => {
    if (copiesLeft === 0 || !random.chance(rate)) return false
    copiesLeft -= 1
    return true
  }
  const isUp = (): boolean => agenda.now >= downUntil

  const send = (from: Sender, arrive: () => void, confirmed: () => void, give: { up: boolean }): void => {
    if (give.up) return
    const again = (ms: Millis): void => from.after(ms, () => send(from, arrive, confirmed, give))
    if (!isUp()) return again(downUntil - agenda.now + random.between(10, 2_000))
    agenda.after(random.tail(8, scenario.slowMessagesMs), () => {
      if (!isUp()) return again(downUntil - agenda.now + random.between(10, 2_000))
      arrive()
      if (isCopied(scenario.duplicateRate)) agenda.after(random.tail(500, 90_000), arrive)
      if (isCopied(scenario.duplicateRate / 2)) return again(CONFIRM_LOST_AFTER_MS)
      from.after(random.between(1, 20), () => {
        if (give.up) return
        give.up = true
        confirmed()
      })
    })
  }
  return {
    get up() {
      return isUp()
    },
    publish(from, arrive, confirmed, failed) {
      const give = { up: false }
      send(from, arrive, confirmed, give)
      if (failed === undefined) return
      from.after(PUBLISH_DEADLINE_MS, () => {
        if (give.up) return
        give.up = true
        failed()
      })
    },
    outage(ms) {
      if (!isUp()) return
      downUntil = agenda.now + ms
      say('rabbitmq', () => `is away for ${ms / 1_000} s`)
      for (const { lost } of watchers) lost()
      agenda.at(downUntil, () => {
        say('rabbitmq', () => 'is back')
        for (const { back } of watchers) back()
      })
    },
    watch: (lost, back) => void watchers.push({ lost, back }),
  }
}
