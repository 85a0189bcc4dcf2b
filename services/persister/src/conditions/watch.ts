import { AlertCleared, AlertRaised } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import type { Bus } from '@surepost/shared/messaging'
import { type Scope, linkedSignal, pause } from '@surepost/shared/runtime'
import type { Condition } from './condition.ts'

export interface WatchPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly database: Pick<Database, 'read'>
  readonly log: Scope['log']
}

export interface WatchOptions {
  /** Between two looks, in milliseconds. */
  readonly everyMs: number
  /** A condition that lasts is raised again so often: another replica may have cleared it for itself. */
  readonly repeatMs?: number
}

const REPEAT_MS = 60_000
const CALL_MS = 10_000

/** Raise each condition as an alert while it holds, and clear it when it has ended. Disposing stops looking. */
export const watchConditions = (
  conditions: readonly Condition[],
  ports: WatchPorts,
  options: WatchOptions,
): AsyncDisposable => {
  const stop = new AbortController()
  const loops = conditions.map((condition) => watch(condition, ports, options, stop.signal))
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('conditions are no longer watched'))
      await Promise.all(loops)
    },
  }
}

const watch = async (
  { key, severity, sentence }: Condition,
  { bus, database, log }: WatchPorts,
  { everyMs, repeatMs = REPEAT_MS }: WatchOptions,
  stop: AbortSignal,
): Promise<void> => {
  const began = performance.now()
  // What a process that ended before this one has raised is found in the database for as long as it may take to get there.
  let said: 'raised' | 'cleared' | 'not known' = 'not known'
  let raisedAt = -Infinity

  const look = async (signal: AbortSignal): Promise<void> => {
    const at = new Date().toISOString()
    const wrong = sentence()
    if (wrong !== undefined) {
      if (said === 'raised' && performance.now() - raisedAt < repeatMs) return
      await bus.emit(AlertRaised, { at, key, severity, sentence: wrong }, { signal })
      said = 'raised'
      raisedAt = performance.now()
    } else if (said === 'raised' || (said === 'not known' && (await isActive(database, key, signal)))) {
      await bus.emit(AlertCleared, { at, key }, { signal })
      said = 'cleared'
    } else if (performance.now() - began > repeatMs) said = 'cleared'
  }

  while (await pause(everyMs, stop)) {
    using ends = linkedSignal(stop, AbortSignal.timeout(CALL_MS))
    try {
      await look(ends.signal)
    } catch (error) {
      if (!stop.aborted) log.warn({ err: error, alert: key }, 'an alert could not be told; it is tried again')
    }
  }
}

const isActive = async (database: Pick<Database, 'read'>, key: string, signal: AbortSignal): Promise<boolean> => {
  const row = await database.read(
    'the alert of a condition',
    (client) => client.from('alerts').select('key').eq('key', key).eq('active', true).maybeSingle(),
    { signal, deadlineMs: CALL_MS },
  )
  return row !== null
}
