import { type Registry, registry as processRegistry, counter, gauge, histogram } from '../runtime/metrics.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface DatabaseMetrics {
  /** Begin a call; the returned function ends it with its outcome. */
  start(label: string): (outcome: string) => void
  breaker(state: BreakerState): void
}

const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** Calls by name and outcome (`ok` or an error's name), their duration, and the breaker. */
export const databaseMetrics = (into: Registry = processRegistry): DatabaseMetrics => {
  const calls = counter('surepost_database_calls_total', 'Calls to the database.', ['call', 'outcome'], into)
  const seconds = histogram(
    'surepost_database_call_seconds',
    'Duration of calls to the database, retries included.',
    ['call'],
    { into },
  )
  const breaker = gauge('surepost_breaker_state', 'Breakers by name: 0 closed, 1 half-open, 2 open.', ['breaker'], into)
  breaker.set({ breaker: 'database' }, BREAKER_VALUES.closed)
  return {
    start: (call) => {
      const end = seconds.startTimer({ call })
      return (outcome) => {
        end()
        calls.inc({ call, outcome })
      }
    },
    breaker: (state) => breaker.set({ breaker: 'database' }, BREAKER_VALUES[state]),
  }
}
