import type { Millis } from './agenda.ts'

/** Say what happens, in words; `what` is only called when somebody listens. */
export type Say = (who: string, what: () => string) => void

export const silent: Say = () => {}

/** Virtual time since the beginning. */
export const clock = (ms: Millis): string => {
  const two = (n: number): string => String(n).padStart(2, '0')
  const seconds = Math.floor(ms / 1_000)
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1_000).padStart(3, '0')}`
}

/** One line a step: virtual time since the beginning, who, what. */
export const lineOf = (since: Millis, who: string, what: string): string =>
  `${clock(since)}  ${who.padEnd(12)}  ${what}`

/** Posts by their number: `post 2`. */
export const numbered = (text: string): string =>
  text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-8000-00000000000(\d)/g, '$1')
