import { LedgerStanding } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import type { Logger } from 'pino'
import type { Ledger } from '../ledger/ledger.ts'
import { keepStanding } from '../ledger/outbox.ts'

export interface StandingPorts {
  readonly bus: Pick<Bus, 'keep' | 'kept'>
  readonly ledger: Ledger
  readonly shard: number
  readonly log: Logger
  readonly signal: AbortSignal
}

/**
 * Before anything else a starting broker compares its ledger with what the ledger of this shard said last, and keeps its own
 * standing in that place. So a ledger that was lost, or restored from a backup, is never taken for the whole truth, even
 * when everybody has heard its later facts already.
 */
export const hearStanding = async ({ bus, ledger, shard, log, signal }: StandingPorts): Promise<void> => {
  const said = await bus.kept(LedgerStanding, { shard, signal })
  const reborn = await ledger.care('start', said)
  if (reborn !== null)
    log.error(
      { ledger: reborn, said },
      'this ledger is not the one that spoke last for its shard: it was lost, or a backup was restored. It begins anew and asks the platform',
    )
  await keepStanding(ledger, bus, shard)
}
