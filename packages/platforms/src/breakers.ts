import { type AccountId, AlertCleared, AlertRaised, type PlatformName } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { type BreakerState, type Breakers, type Scope, createBreakers, gauge } from '@surepost/shared/runtime'
import type { Tried } from './guarded.ts'

export interface BreakerPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly log: Scope['log']
}

/** The breakers that a call for one account goes through: its platform's, and its own. */
export const breakerKeys = (platform: PlatformName, account: AccountId): readonly string[] => [
  platform,
  `${platform}/${account}`,
]

const VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** Breakers of platforms and accounts, whose changes are logged, measured and told as alerts. */
export const platformBreakers = ({ bus, log }: BreakerPorts): Breakers<Tried> => {
  const state = gauge('surepost_breaker_state', 'Breakers by name: 0 closed, 1 half-open, 2 open.', ['breaker'])
  const tell = async (key: string, now: BreakerState): Promise<void> => {
    const at = new Date().toISOString()
    if (now === 'closed') return bus.emit(AlertCleared, { at, key: `breaker.${key}` })
    if (now === 'half-open') return
    const sentence = `${key} failed again and again: its pages do not load or do not work. Work for it waits, and it is probed; look whether the site is up and the account can use it.`
    await bus.emit(AlertRaised, { at, key: `breaker.${key}`, severity: 'critical', sentence })
  }
  return createBreakers<Tried>({
    isFailure: ({ failed }) => failed,
    onChange: (key, now) => {
      log.warn({ breaker: key, state: now }, 'a breaker changed')
      state.set({ breaker: key }, VALUES[now])
      tell(key, now).catch((error: unknown) => log.warn({ err: error, breaker: key }, 'a breaker could not be told of'))
    },
  })
}
