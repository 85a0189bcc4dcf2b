import { AlertCleared, AlertRaised, type InputOf, alertKey, cleared, raised } from '../contracts/index.ts'
import type { Bus } from '../messaging/index.ts'
import { linkedSignal, pause } from '../runtime/deadline.ts'
import type { Scope } from '../runtime/types.ts'
import type { Condition } from './condition.ts'

export type Raised = InputOf<typeof AlertRaised>
export type Cleared = InputOf<typeof AlertCleared>
/** One word about an alert, for people. */
export type Word = ({ readonly said: 'raised' } & Raised) | ({ readonly said: 'cleared' } & Cleared)

export interface WatchPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly log: Scope['log']
  /** Whether an earlier process raised it and did not clear it; without this it is cleared once at the start. */
  readonly wasRaised?: (key: string, signal: AbortSignal) => Promise<boolean>
  /** Tell people past RabbitMQ; only for kinds that say `direct`. */
  readonly tell?: (word: Word, signal: AbortSignal) => Promise<void>
}

export interface WatchOptions {
  /** Between two looks, in milliseconds. */
  readonly everyMs: number
  /** A condition that lasts is raised again so often: another replica may have cleared it for itself. */
  readonly repeatMs?: number
}

const REPEAT_MS = 60_000
const CALL_MS = 10_000

type Look = (signal: AbortSignal) => Promise<void>

/** Raise each condition as an alert while it holds, and clear it when it has ended. Disposing stops looking. */
export const watchConditions = (
  conditions: readonly Condition[],
  ports: WatchPorts,
  options: WatchOptions,
): AsyncDisposable => {
  const stop = new AbortController()
  const loops = conditions.map((condition) => {
    const look = condition.kind.direct === true ? lookDirectly(condition, ports) : lookAt(condition, ports, options)
    return repeat(condition, look, ports, options, stop.signal)
  })
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('conditions are no longer watched'))
      await Promise.all(loops)
    },
  }
}

const repeat = async (
  { kind, subject }: Condition,
  look: Look,
  { log }: WatchPorts,
  { everyMs }: WatchOptions,
  stop: AbortSignal,
): Promise<void> => {
  while (await pause(everyMs, stop)) {
    using ends = linkedSignal(stop, AbortSignal.timeout(CALL_MS))
    try {
      await look(ends.signal)
    } catch (error) {
      const alert = alertKey(kind, subject)
      if (!stop.aborted) log.warn({ err: error, alert }, 'an alert could not be told; it is tried again')
    }
  }
}

const lookAt = (
  { kind, subject, what }: Condition,
  { bus, wasRaised = async () => true }: WatchPorts,
  { repeatMs = REPEAT_MS }: WatchOptions,
): Look => {
  const key = alertKey(kind, subject)
  const began = performance.now()
  // What a process that ended before this one has raised may still be on its way to the database.
  let said: 'raised' | 'cleared' | 'not known' = 'not known'
  let raisedAt = -Infinity
  return async (signal) => {
    const now = new Date()
    const wrong = what()
    if (wrong !== undefined) {
      if (said === 'raised' && performance.now() - raisedAt < repeatMs) return
      // What was not confirmed in time may have arrived nevertheless: it is cleared like what was.
      said = 'raised'
      raisedAt = -Infinity
      await bus.emit(AlertRaised, raised(kind, wrong, subject, now), { signal })
      raisedAt = performance.now()
    } else if (said === 'raised' || (said === 'not known' && (await wasRaised(key, signal)))) {
      await bus.emit(AlertCleared, cleared(kind, subject, now), { signal })
      said = 'cleared'
    } else if (performance.now() - began > repeatMs) said = 'cleared'
  }
}

/** While it lasts people are told past RabbitMQ, which takes nothing; when it is over the facts of both follow. */
const lookDirectly = ({ kind, subject, what }: Condition, { bus, tell = async () => {} }: WatchPorts): Look => {
  let raising: Raised | undefined
  let told = false
  let recorded = false
  return async (signal) => {
    const wrong = what()
    if (wrong !== undefined) {
      raising ??= raised(kind, wrong, subject)
      if (!told) await tell({ said: 'raised', ...raising }, signal)
      told = true
      return
    }
    if (raising === undefined) return
    const ending = cleared(kind, subject)
    if (!recorded) {
      await bus.emit(AlertRaised, raising, { signal })
      await bus.emit(AlertCleared, ending, { signal })
      recorded = true
    }
    if (told) await tell({ said: 'cleared', ...ending }, signal)
    raising = undefined
    told = recorded = false
  }
}
