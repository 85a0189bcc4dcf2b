import { quantile, round } from '../figures.ts'

/** One figure, over time. */
export interface Series {
  readonly name: string
  /** What it may differ by without meaning anything: V8's idleness, caches that fill once, browsers that are kept. */
  readonly slack: number
  readonly values: readonly { readonly second: number; readonly value: number }[]
}

/** When the load began to count, and when it ended; seconds of the series. The rest is quiet. */
export interface Phases {
  readonly loadEndsAt: number
  readonly quietEndsAt: number
}

export interface Finding {
  readonly baseline: number
  /** By how much it rose over the last two thirds of the load. */
  readonly growth: number
  /** In the last third of the quiet. */
  readonly end: number
  readonly troubles: readonly string[]
}

/** Of the baseline, beyond the slack, that it may rise by under load, and be above it in the end. */
const SHARE = 0.1

const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The median of the slopes between all pairs (Theil–Sen): a few odd samples do not turn it. Per second. */
export const slopeOf = (values: Series['values']): number =>
  median(
    values.flatMap((one, n) =>
      values
        .slice(n + 1)
        .filter(({ second }) => second > one.second)
        .map((other) => (other.value - one.value) / (other.second - one.second)),
    ),
  )

const between = ({ values }: Series, from: number, to: number): Series['values'] =>
  values.filter(({ second }) => second >= from && second <= to)

/**
 * Whether a figure is bounded. The first third of the load warms up, and its last half is the baseline; over the other two thirds it
 * may not rise by more than a tenth of the baseline and the slack, nor be that much above the baseline in the last third of the quiet.
 */
export const judgeBounded = (series: Series, { loadEndsAt, quietEndsAt }: Phases): Finding => {
  const { name, slack } = series
  const valuesIn = (from: number, to: number): readonly number[] => between(series, from, to).map(({ value }) => value)
  const warm = loadEndsAt / 3
  const loaded = between(series, warm, loadEndsAt)
  const [before, after] = [
    valuesIn(warm / 2, warm),
    valuesIn(quietEndsAt - (quietEndsAt - loadEndsAt) / 3, quietEndsAt),
  ]
  if (loaded.length < 5 || before.length === 0 || after.length === 0)
    return { baseline: 0, growth: 0, end: 0, troubles: [`${name} was looked at too seldom to be judged.`] }
  const baseline = median(before)
  const growth = slopeOf(loaded) * (loadEndsAt - warm)
  const end = median(after)
  const most = baseline * SHARE + slack
  const troubles = [
    ...(growth > most ? [`${name} rose by ${round(growth)} under load; at most ${round(most)} is no growth.`] : []),
    ...(end - baseline > most
      ? [
          `${name} is ${round(end)} after the quiet, and was ${round(baseline)} before; at most ${round(most)} more is back.`,
        ]
      : []),
  ]
  return { baseline: round(baseline), growth: round(growth), end: round(end), troubles }
}

/** Whether a figure that is zero when nothing happens was seen to be so again in the last third of the quiet. */
export const judgeEnded = (series: Series, { loadEndsAt, quietEndsAt }: Phases): Finding => {
  const all = between(series, 0, loadEndsAt).map(({ value }) => value)
  const after = between(series, quietEndsAt - (quietEndsAt - loadEndsAt) / 3, quietEndsAt).map(({ value }) => value)
  const end = after.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...after)
  const troubles = end > series.slack ? [`${series.name} is still ${round(end)} after the quiet.`] : []
  return { baseline: 0, growth: round(Math.max(0, ...all)), end: round(end), troubles }
}
