import { type InputOf, LeaseClass, PoolPressure } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Bus } from '@surepost/shared/messaging'
import { gauge } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { Desk } from './desk.ts'
import { estimateWait } from './outlook.ts'
import type { LoadWatch } from './watch-load.ts'

export type Pressure = Omit<InputOf<typeof PoolPressure>, 'at' | 'shard'>

/** How full the pool is, derived from the tables of leases and requests. */
export const pressureOf = (
  { limits: { slots }, holding, line }: Pick<Desk, 'limits' | 'holding' | 'line'>,
  now: number,
): Pressure => {
  const active = holding.held.length
  const oldest = Math.min(now, ...line.waiting.map((r) => r.receivedAt))
  return {
    slots,
    active,
    free: Math.max(0, slots - active),
    waiting: line.counts,
    oldestWaitMs: Math.round(now - oldest),
  }
}

/** What whoever asks now has to expect, and why. Milliseconds; null: it would be refused. */
export const outlookOf = (
  { limits, holding, line }: Pick<Desk, 'limits' | 'holding' | 'line'>,
  { load, admission }: Pick<LoadWatch, 'load' | 'admission'>,
  now: number,
) => ({
  estimateMs: Object.fromEntries(
    LeaseClass.options.map((c) => [c, estimateWait({ waiting: line.waiting, held: holding.held }, c, now, limits)]),
  ),
  load,
  admission,
})

const TELL_MS = 5_000

/** Tell the pressure to live views and scalers every few seconds, and keep the gauges. */
export const tellPressure = (desk: Desk, bus: Pick<Bus, 'emit'>, shard: number, log: Logger): AsyncDisposable => {
  const slots = gauge('surepost_lease_slots', 'Slots by state.', ['state'])
  const waiting = gauge('surepost_lease_waiting', 'Requests in line by class.', ['class'])
  const tell = async (): Promise<void> => {
    const pressure = pressureOf(desk, Date.now())
    slots.set({ state: 'free' }, pressure.free)
    slots.set({ state: 'taken' }, pressure.active)
    for (const [leaseClass, count] of Object.entries(pressure.waiting)) waiting.set({ class: leaseClass }, count)
    await bus.emit(
      PoolPressure,
      { at: new Date().toISOString(), shard, ...pressure },
      { signal: AbortSignal.timeout(TELL_MS) },
    )
  }
  const timer = setInterval(
    () => void tell().catch((error: unknown) => log.debug({ err: messageOf(error) }, 'pressure was not told')),
    TELL_MS,
  )
  return {
    [Symbol.asyncDispose]: async () => clearInterval(timer),
  }
}
