import { quantile } from '../figures.ts'

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

const latencyOf = (eachMs: readonly number[]): Latency => {
  const at = (share: number): number => Math.round(quantile(eachMs, share))
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** How long one post took, from the moment that somebody asked for it. */
export interface Took {
  readonly liveMs: number
  readonly recordedMs: number
}

export interface Latencies {
  readonly live: Latency
  readonly recorded: Latency
  readonly posts: number
}

/** What single posts took. */
export const latenciesOf = (each: readonly Took[]): Latencies => ({
  live: latencyOf(each.map(({ liveMs }) => liveMs)),
  recorded: latencyOf(each.map(({ recordedMs }) => recordedMs)),
  posts: each.length,
})
