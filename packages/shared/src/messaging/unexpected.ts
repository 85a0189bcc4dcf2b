import { messageOf } from '../errors/index.ts'

/** Whatever was thrown or given as a reason, as an Error. */
export const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(messageOf(reason)))
