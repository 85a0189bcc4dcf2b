import { type BreakerPorts, tellBreakers } from '@surepost/shared/alerts'
import type { AccountId, PlatformName } from '@surepost/shared/contracts'
import { type Breakers, createBreakers } from '@surepost/shared/runtime'
import type { Tried } from './guarded.ts'

/** The breakers that a call for one account goes through: its platform's, and its own. */
export const breakerKeys = (platform: PlatformName, account: AccountId): readonly string[] => [
  platform,
  `${platform}/${account}`,
]

/** Breakers of platforms and accounts, whose changes are logged, measured and told. */
export const platformBreakers = (ports: BreakerPorts): Breakers<Tried> =>
  createBreakers<Tried>({
    isFailure: ({ failed }) => failed,
    subjectOf: ({ subject }) => subject,
    onChange: tellBreakers(ports),
  })
