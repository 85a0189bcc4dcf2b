import type { AlertKind } from '../contracts/index.ts'

/** Something that people are told of while it is so. */
export interface Condition {
  readonly kind: AlertKind
  /** Which one of its kind. */
  readonly subject?: string
  /** Looked at again and again: what is wrong, in a sentence; undefined while nothing is. */
  readonly what: () => string | undefined
}

/** What is wrong only once it has been so for this long, look after look. */
export const lasting = (
  ms: number,
  what: () => string | undefined,
  now: () => number = () => performance.now(),
): (() => string | undefined) => {
  let since: number | undefined
  return () => {
    const wrong = what()
    if (wrong === undefined) {
      since = undefined
      return undefined
    }
    since ??= now()
    return now() - since >= ms ? wrong : undefined
  }
}
