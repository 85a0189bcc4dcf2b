import type { BreakerAnswer } from '../api/shapes.ts'

/** What is kept of an alert about a breaker. */
interface Told {
  readonly key: string
  readonly sentence: string | null
  readonly raised_at: string | null
  readonly cleared_at: string | null
  readonly active: boolean
}

const PREFIX = 'breaker.'

/** Breakers from the alerts that tell of them: open while the alert stands. Open ones first, then by name. Pure. */
export const breakersOf = (alerts: readonly Told[]): BreakerAnswer[] =>
  alerts
    .flatMap(({ key, sentence, raised_at: raised, cleared_at: cleared, active }): BreakerAnswer[] => {
      const since = active ? raised : (cleared ?? raised)
      if (since === null) return []
      const state = active ? 'open' : 'closed'
      return [{ name: key.slice(PREFIX.length), state, since, sentence: active ? sentence : null }]
    })
    .toSorted((a, b) => b.state.localeCompare(a.state) || a.name.localeCompare(b.name))
