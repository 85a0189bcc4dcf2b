import type { AccountId, PlatformName } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { type Lease, type Leases, withLease } from '@surepost/shared/leases'
import { snooze, type Bus, type Outcome } from '@surepost/shared/messaging'
import type { Breakers } from '@surepost/shared/runtime'
import { type PlatformAdapter, type PlatformSession, type Tried, breakerKeys, guarded } from '@surepost/platforms'

export interface ReadPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly leases: Pick<Leases, 'acquire'>
  readonly platforms: { readonly for: (name: PlatformName) => PlatformAdapter }
  readonly breakers: Pick<Breakers<Tried>, 'trouble' | 'execute'>
}

/** Readings wait this long in line before the command goes back to a rung: publishing always comes first. */
const LEASE_WAIT_MS = 60_000
/** How soon to come back after a dependency went away. */
const COME_BACK_MS = 3_000

export interface Reader {
  readonly session: PlatformSession
  readonly lease: Lease
  readonly signal: AbortSignal
}

interface Whose {
  readonly account: AccountId
  readonly platform: PlatformName
  /** `interactive` when a person waits for it. */
  readonly leaseClass?: 'background' | 'interactive'
}

/** Run one reading under a lease of the account that may read. Not getting one, or losing it, is a snooze. */
export const withReader = async (
  ports: ReadPorts,
  { account, platform, leaseClass = 'background' }: Whose,
  signal: AbortSignal,
  read: (reader: Reader) => Promise<Outcome>,
): Promise<Outcome> => {
  const keys = breakerKeys(platform, account)
  try {
    const trouble = ports.breakers.trouble(keys)
    if (trouble !== undefined) return snooze(trouble.until, trouble.reason)
    const lease = await ports.leases.acquire({
      account,
      class: leaseClass,
      startBy: new Date(Date.now() + LEASE_WAIT_MS),
      signal,
    })
    if (!lease.granted) return snooze(lease.retryAt, `${lease.reason}: ${lease.detail}`)
    return await withLease(lease, (held) => {
      const opened = ports.platforms
        .for(platform)
        .open({ kind: 'browser', context: held.context }, { handle: held.handle })
      const session = guarded(opened, ports.breakers, keys, account)
      return read({ session, lease: held, signal: AbortSignal.any([signal, held.signal]) }).catch((error: unknown) => {
        // Whatever a lost lease breaks off says less than the loss itself.
        held.signal.throwIfAborted()
        throw error
      })
    })
  } catch (error) {
    if (error instanceof UnavailableError) return snooze(new Date(Date.now() + COME_BACK_MS), error.message)
    throw error
  }
}
