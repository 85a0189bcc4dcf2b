import type { Call } from '../../src/index.ts'

/** One transparent dot. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** Longest that one operation may take in a test, in milliseconds. */
const PATIENCE_MS = 90_000

export const call = (): Call => ({ signal: AbortSignal.timeout(PATIENCE_MS) })

let handles = 0
/** A handle that no other test has. */
export const handle = (): string => `user_${process.pid}_${(handles += 1)}`
