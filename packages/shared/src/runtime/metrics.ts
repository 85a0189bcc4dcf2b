import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export { Registry } from 'prom-client'

/** The registry that `/metrics` of this process answers from. */
export const registry = new Registry()

const withDefaults = new WeakSet<Registry>()

/** Label everything with the service and add the process's own metrics (once per registry). */
export const describeProcess = (service: string, into: Registry = registry): void => {
  into.setDefaultLabels({ service })
  if (withDefaults.has(into)) return
  withDefaults.add(into)
  collectDefaultMetrics({ register: into })
}

// A metric is made once per registry: asking again gives the same one, so modules need not pass them around.
const existing = <M>(into: Registry, name: string, make: () => M): M =>
  // The registry knows metrics by name only; a name stands for one kind throughout the code base.
  (into.getSingleMetric(name) as M | undefined) ?? make()

/** A count that only grows. `name` ends in `_total`. */
export const counter = <L extends string>(
  name: string,
  help: string,
  labels: readonly L[] = [],
  into: Registry = registry,
): Counter<L> => existing(into, name, () => new Counter({ name, help, labelNames: [...labels], registers: [into] }))

/** A value that goes up and down. */
export const gauge = <L extends string>(
  name: string,
  help: string,
  labels: readonly L[] = [],
  into: Registry = registry,
): Gauge<L> => existing(into, name, () => new Gauge({ name, help, labelNames: [...labels], registers: [into] }))

type Labelled<L extends string> = readonly (readonly [Readonly<Record<L, string>>, number])[]

/**
 * Values that only one of several replicas knows at a time: a process that has not said them for `lapseMs` shows none,
 * rather than what it saw last.
 */
export const lapsingGauge = <L extends string>(
  name: string,
  help: string,
  labels: readonly L[],
  lapseMs: number,
  into: Registry = registry,
): { setAll(values: Labelled<L>): void } => {
  let said = -Infinity
  const collect = function (this: Gauge<L>): void {
    if (performance.now() - said > lapseMs) this.reset()
  }
  const make = (): Gauge<L> => new Gauge({ name, help, labelNames: [...labels], registers: [into], collect })
  const gauged = existing(into, name, make)
  return {
    setAll(values) {
      said = performance.now()
      gauged.reset()
      for (const [of, value] of values) gauged.set(of, value)
    },
  }
}

const SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** How values are distributed; durations in seconds, `name` ends in `_seconds`. */
export const histogram = <L extends string>(
  name: string,
  help: string,
  labels: readonly L[] = [],
  options: { readonly buckets?: readonly number[]; readonly into?: Registry } = {},
): Histogram<L> => {
  const { buckets = SECONDS, into = registry } = options
  return existing(
    into,
    name,
    () => new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [into] }),
  )
}
