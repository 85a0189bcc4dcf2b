import type { Random } from './random.ts'
import type { KindOfFault, PlannedFault } from './types.ts'

/** Faults begin when work is under way, and end before it does. */
const FIRST_AT = 0.05
const LAST_AT = 0.9
/** One fault lasts no longer than this part of the run: a long outage in a short run would be all of it. */
const LONGEST_HOLD = 0.2
/** The others strike at any moment: what is idle must survive as well. */
const WAIT_FOR_ACTION = 0.85

interface Struck {
  readonly of: KindOfFault
  readonly target: string | null
}

/** Every kind once, then every target that is left, then at random; cut to `count`, and in random order. */
const struckOf = (kinds: readonly KindOfFault[], count: number, random: Random): readonly Struck[] => {
  const shuffled = kinds.map((of) => ({ of, targets: random.shuffled(of.targets) }))
  const once = random.shuffled(shuffled).map(({ of, targets }): Struck => ({ of, target: targets[0] ?? null }))
  const others = random.shuffled(
    shuffled.flatMap(({ of, targets }) => targets.slice(1).map((target): Struck => ({ of, target }))),
  )
  const all = [...once, ...others]
  while (kinds.length > 0 && all.length < count) {
    const of = random.pick(kinds)
    all.push({ of, target: of.targets.length > 0 ? random.pick(of.targets) : null })
  }
  return random.shuffled(all.slice(0, count))
}

/** The faults of a run: what, when, how long. The same seed gives the same schedule. */
export const planFaults = (
  kinds: readonly KindOfFault[],
  count: number,
  spanMs: number,
  random: Random,
): readonly PlannedFault[] => {
  const every = (spanMs * (LAST_AT - FIRST_AT)) / Math.max(1, count)
  return struckOf(kinds, count, random).map(({ of, target }, index) => {
    const { least, most } = of.holdMs
    const longest = Math.max(least, Math.min(most, spanMs * LONGEST_HOLD))
    return {
      n: index + 1,
      at: Math.round(spanMs * FIRST_AT + every * (index + random.next())),
      kind: of.kind,
      target,
      group: of.groupPerTarget && target !== null ? `${of.group} ${target}` : of.group,
      holdMs: random.int(Math.round(least), Math.round(longest)),
      inFlight: of.strikesCreates || random.chance(WAIT_FOR_ACTION),
    }
  })
}
