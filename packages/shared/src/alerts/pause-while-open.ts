import type { Breakers } from '../runtime/breakers.ts'

/** How often an open breaker is looked at. */
const LOOK_MS = 500

/** What can be made to take nothing for a while: a consumer. */
interface Pausable {
  pause(): Promise<void>
  resume(): Promise<void>
  readonly paused: boolean
}

/**
 * Take nothing of some queues while the breaker of what all their work needs is open: what waits, waits in its queue, in
 * order. When a probe may be made they are opened again. Breakers of single accounts do not belong here: accounts
 * share queues, and theirs stop nobody else.
 */
export const pauseWhileOpen = (
  consumers: readonly Pausable[],
  breakers: Pick<Breakers<unknown>, 'trouble'>,
  key: string,
): AsyncDisposable => {
  const look = (): void => {
    const open = breakers.trouble([key]) !== undefined
    // One that cannot be told is told again at the next look, or has lost its channel and comes back as it is wanted.
    for (const one of consumers) if (one.paused !== open) void (open ? one.pause() : one.resume()).catch(() => {})
  }
  const timer = setInterval(look, LOOK_MS)
  return { [Symbol.asyncDispose]: async () => clearInterval(timer) }
}
