import type { RecordedFact } from '@surepost/shared/messaging'
import type { LiveFacts } from '../ports.ts'

/** Hands each fact to everybody who listens at the moment. */
export const liveFacts = (): LiveFacts & { publish(fact: RecordedFact): void } => {
  const listeners = new Set<(fact: RecordedFact) => void>()
  return {
    publish(fact) {
      for (const listener of listeners) listener(fact)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
