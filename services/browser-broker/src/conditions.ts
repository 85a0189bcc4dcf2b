import type { Condition } from '@surepost/shared/alerts'
import { ALERTS } from '@surepost/shared/contracts'
import { gauge } from '@surepost/shared/runtime'
import type { Desk } from './leases/desk.ts'
import { pressureOf } from './leases/pressure.ts'

/** @param leaking browser processes that nothing accounts for, for 10 s or more */
export const browserLeak = (shard: number, leaking: () => number): Condition => ({
  kind: ALERTS.browserLeak,
  subject: String(shard),
  what: () =>
    leaking() === 0
      ? undefined
      : `${leaking()} browser processes of shard ${shard} belong to no lease and to no idle place.`,
})

export const poolPressure = (
  shard: number,
  desk: Pick<Desk, 'limits' | 'holding' | 'line'>,
  oldMs: number,
): Condition => {
  const gauged = gauge('surepost_lease_oldest_wait_seconds', 'How long the oldest request in line has waited.')
  return {
    kind: ALERTS.poolPressure,
    subject: String(shard),
    what() {
      const { oldestWaitMs, slots, active, waiting } = pressureOf(desk, Date.now())
      gauged.set(oldestWaitMs / 1_000)
      if (oldestWaitMs < oldMs) return undefined
      const line = waiting.act + waiting.interactive + waiting.background
      return `${line} requests wait for a browser of shard ${shard}, the oldest for ${Math.round(oldestWaitMs / 1_000)} s; ${active} of ${slots} slots are taken.`
    },
  }
}
