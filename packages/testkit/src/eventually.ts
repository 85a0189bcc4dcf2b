import { setTimeout as sleep } from 'node:timers/promises'

export interface EventuallyOptions {
  /** Milliseconds until the last failure is thrown; 30 s by default: a bound on a broken test, not a claim of speed. */
  readonly timeoutMs?: number
  /** Milliseconds between two tries; 25 by default. */
  readonly everyMs?: number
  readonly signal?: AbortSignal
}

/**
 * Try until the check neither throws nor answers `false` or `undefined`, and return what it answered. For states that
 * send no signal; where there is one, await that.
 * @throws what the check threw last, or an error that says what it answered last
 */
export const eventually = async <T>(
  check: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 25, signal }: EventuallyOptions = {},
): Promise<Exclude<T, false | undefined>> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    signal?.throwIfAborted()
    const tried = await attempt(check)
    if (tried.ok) return tried.value as Exclude<T, false | undefined>
    if (Date.now() >= deadline) throw tried.error
    await sleep(everyMs, undefined, { signal })
  }
}

const attempt = async <T>(
  check: () => T | Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }> => {
  try {
    const value = await check()
    if (value !== false && value !== undefined) return { ok: true, value }
    return { ok: false, error: new Error(`It did not become true in time; the last answer was ${String(value)}.`) }
  } catch (error) {
    return { ok: false, error }
  }
}
