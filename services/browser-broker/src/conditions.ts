import type { Condition } from '@surepost/shared/alerts'
import { ALERTS } from '@surepost/shared/contracts'
import { gauge } from '@surepost/shared/runtime'
import type { Reach } from './egress/reach.ts'
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

/** The one platform that browsers are for, by the name that its accounts give it. */
const PLATFORM = 'x'

export const platformAway = (shard: number, reach: Pick<Reach, 'site' | 'away'>): Condition => {
  const gauged = gauge('surepost_platform_away', 'The site of the platform takes no connections: 1.')
  return {
    kind: ALERTS.platformAway,
    subject: `${PLATFORM}.${shard}`,
    what() {
      gauged.set(reach.away === undefined ? 0 : 1)
      if (reach.away === undefined) return undefined
      return `The browser-broker of shard ${shard} cannot reach ${reach.site} (${reach.away}).`
    },
  }
}
