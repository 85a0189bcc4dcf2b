import { type AccountId, JobRan } from '../contracts/index.ts'
import { UnavailableError, messageOf } from '../errors/index.ts'
import type { Bus, Outcome, Route } from '../messaging/index.ts'
import type { Scope } from '../runtime/types.ts'

export interface HeartbeatPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly log: Scope['log']
}

export interface Beat {
  readonly outcome: 'succeeded' | 'failed' | 'skipped'
  /** Of a failure: what tables count. */
  readonly category?: string
  readonly detail?: string
}

/** Beats that say nothing new are told at most this often. */
const FOLD_MS = 60_000
const SAY_MS = 10_000
/** Accounts remembered, the least recent forgotten first. */
const MOST_ACCOUNTS = 10_000

interface Last {
  readonly outcome: Beat['outcome']
  readonly at: number
  readonly kept: number
}

/**
 * Say of work that runs when there is some how it goes, in the same rows as the scheduled jobs: each failure and each
 * change at once, the rest once a minute. A beat that cannot be said is counted in the next.
 * @param everyMs how often it beats at the least; null: only when there is work
 */
export const createHeartbeat = ({ bus, log }: HeartbeatPorts, job: string, everyMs: number | null = null) => {
  const lasts = new Map<string, Last>()
  return async ({ outcome, category, detail }: Beat, startedAt: Date, account: AccountId | null = null) => {
    const at = new Date()
    const key = account ?? ''
    const last = lasts.get(key)
    lasts.delete(key)
    const alike = last?.outcome === outcome
    const kept = alike ? last.kept + 1 : 0
    if (alike && outcome !== 'failed' && at.getTime() - last.at < FOLD_MS) {
      lasts.set(key, { ...last, kept })
      return
    }
    const runs = kept > 1 ? ` (${kept} runs)` : ''
    const body = {
      at: at.toISOString(),
      job,
      account,
      startedAt: startedAt.toISOString(),
      outcome,
      category: outcome === 'failed' ? (category ?? 'unexpected').slice(0, 64) : null,
      detail: `${(detail ?? '').slice(0, 1_900)}${runs}` || null,
      nextDueAt: everyMs === null ? null : new Date(at.getTime() + everyMs).toISOString(),
    }
    try {
      await bus.emit(JobRan, body, { signal: AbortSignal.timeout(SAY_MS) })
      lasts.set(key, { outcome, at: at.getTime(), kept: 0 })
    } catch (error) {
      lasts.set(key, { outcome, at: -Infinity, kept })
      log.warn({ err: error, job }, 'how a job went could not be told; it is counted in what is told next')
    }
    for (const [oldest] of lasts) if (lasts.size > MOST_ACCOUNTS) lasts.delete(oldest)
  }
}

/** What the outcome of a handler says of the run of a job. Waiting is not failing. */
export const beatOf = (outcome: Outcome): Beat => {
  switch (outcome.kind) {
    case 'done':
    case 'answer':
      return { outcome: 'succeeded' }
    case 'snooze':
      return { outcome: 'skipped', detail: outcome.reason }
    case 'retry':
      return failed(outcome.cause)
    case 'reject':
      return { outcome: 'failed', category: 'rejected', detail: outcome.reason }
  }
}

const failed = (error: unknown): Beat => ({
  outcome: 'failed',
  category: error instanceof UnavailableError ? error.dependency : error instanceof Error ? error.name : 'unexpected',
  detail: messageOf(error),
})

/** A route whose every run is told as one of a job's, by the account that its body names. */
export const beating = <R extends Route>(ports: HeartbeatPorts, job: string, route: R): R => {
  const beat = createHeartbeat(ports, job)
  const accountOf = (body: unknown): AccountId | null =>
    typeof body === 'object' && body !== null && 'account' in body ? (body.account as AccountId) : null
  return {
    ...route,
    async run(delivery: Parameters<R['run']>[0], context: Parameters<R['run']>[1]) {
      const startedAt = new Date()
      try {
        const outcome = await route.run(delivery, context)
        await beat(beatOf(outcome), startedAt, accountOf(delivery.body))
        return outcome
      } catch (error) {
        if (!context.signal.aborted) await beat(failed(error), startedAt, accountOf(delivery.body))
        throw error
      }
    },
  }
}
