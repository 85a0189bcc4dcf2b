import { quantile, round } from './figures.ts'

/** One of those that are compared: it answers its figure of one round, a rate (more is better). */
export interface Contender {
  readonly name: string
  readonly measure: () => Promise<number>
}

/** `ratio` of the medians-by-round of two contenders must reach `atLeast`. */
export interface Target {
  readonly of: string
  readonly to: string
  readonly atLeast: number
}

type Figures = Readonly<Record<string, number>>

/** What every bench prints. `ratios` come first: machines are noisy, and rounds that lie side by side are noisy alike. */
export interface Verdict {
  readonly bench: string
  readonly rounds: number
  /** "a / b": the median, over the rounds, of a's figure by b's of the same round. */
  readonly ratios: Figures
  readonly targets: Figures
  readonly medians: Figures
  readonly min: Figures
  readonly max: Figures
  readonly pass: boolean
}

export interface Rounds {
  readonly rounds: number
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal
}

/**
 * Let all take their turn in every round, another first each time. A round before the first warms up and is not counted.
 * @returns the figures of each, round by round
 * @throws the signal's reason
 */
export const interleaved = async (
  contenders: readonly Contender[],
  { rounds, onProgress, signal }: Rounds,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const found = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let n = 0; n <= rounds; n += 1) {
    const first = n % contenders.length
    for (const { name, measure } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      signal.throwIfAborted()
      onProgress(`${n === 0 ? 'warming up' : `round ${n} of ${rounds}`}: ${name}`)
      const figure = await measure()
      if (n > 0) found.get(name)?.push(figure)
    }
  }
  return found
}

const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Judge what was measured. A contender of a target that was not measured fails it. */
export const verdictOf = (
  bench: string,
  found: ReadonlyMap<string, readonly number[]>,
  targets: readonly Target[],
): Verdict => {
  const each = (of: (values: readonly number[]) => number): Figures =>
    Object.fromEntries([...found].map(([name, values]) => [name, round(of(values), 3)]))
  const ratio = ({ of, to }: Target): number => {
    const theirs = found.get(to) ?? []
    return median((found.get(of) ?? []).map((figure, n) => figure / (theirs[n] ?? Number.POSITIVE_INFINITY)))
  }
  const named = (value: (target: Target) => number): Figures =>
    Object.fromEntries(targets.map((target) => [`${target.of} / ${target.to}`, value(target)]))
  return {
    bench,
    rounds: Math.max(0, ...[...found.values()].map(({ length }) => length)),
    ratios: named((target) => round(ratio(target), 3)),
    targets: named(({ atLeast }) => atLeast),
    medians: each(median),
    min: each((values) => Math.min(...values)),
    max: each((values) => Math.max(...values)),
    pass: targets.every((target) => ratio(target) >= target.atLeast),
  }
}
