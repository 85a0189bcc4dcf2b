import { COMMANDS, FACTS, LedgerStanding, type CommandContract, type FactContract } from '@surepost/shared/contracts'
import { UnavailableError, messageOf } from '@surepost/shared/errors'
import type { Bus } from '@surepost/shared/messaging'
import { backoffMs, pause, within } from '@surepost/shared/runtime'
import { inContext } from '@surepost/shared/telemetry'
import type { Logger } from 'pino'
import type { Ledger } from './ledger.ts'
import type { Parcel } from './upkeep.ts'

const facts = new Map<string, FactContract>(FACTS.map((contract) => [contract.type, contract]))
const commands = new Map<string, CommandContract>(COMMANDS.map((contract) => [contract.type, contract]))

const BATCH = 100
/** Looked at even if nobody said that something was written. */
const IDLE_MS = 5_000
/** Half of what an asker waits for its answer. */
const TOLD_WITHIN_MS = 5_000

export interface Outbox extends AsyncDisposable {
  /** Facts and commands that RabbitMQ has not confirmed. */
  readonly waiting: number
  /**
   * Resolves when RabbitMQ has confirmed all that the ledger has written by now: not even the loss of the ledger takes it
   * back any more. @throws UnavailableError when that takes longer than 5 s
   */
  told(): Promise<void>
}

/** A parcel is told in the trace in which it was written. */
const publish = (bus: Bus, parcel: Parcel, shard: number): Promise<void> => {
  const { traceparent } = parcel
  return traceparent === null ? send(bus, parcel, shard) : inContext({ traceparent }, () => send(bus, parcel, shard))
}

const send = (bus: Bus, parcel: Parcel, shard: number): Promise<void> => {
  const options = { id: parcel.id }
  const command = commands.get(parcel.type)
  if (parcel.kind === 'command' && command !== undefined) return bus.send(command, parcel.body, { ...options, shard })
  const fact = facts.get(parcel.type)
  if (fact === undefined) throw new Error(`there is no fact or command ${parcel.type}`)
  return bus.emit(fact, parcel.body, options)
}

/** Keep how far the ledger has got, where a ledger that is restored from a backup finds it. */
export const keepStanding = async (ledger: Ledger, bus: Pick<Bus, 'keep'>, shard: number): Promise<void> => {
  const standing = await ledger.care('standing')
  await bus.keep(LedgerStanding, { at: new Date().toISOString(), ...standing }, { shard })
}

/** Up to which number everything is confirmed, and who waits for more. */
const openConfirmations = () => {
  let confirmed = 0
  let waiting: { readonly seq: number; readonly resolve: () => void }[] = []
  return {
    of: (seq: number): Promise<void> =>
      new Promise((resolve) => {
        if (seq <= confirmed) resolve()
        else waiting.push({ seq, resolve })
      }),
    through(seq: number): void {
      confirmed = Math.max(confirmed, seq)
      for (const { resolve } of waiting.filter((w) => w.seq <= confirmed)) resolve()
      waiting = waiting.filter((w) => w.seq > confirmed)
    },
  }
}

/**
 * Publish what the ledger has written until RabbitMQ has confirmed it, in order, under the same message id each time:
 * whatever becomes of the poster, of RabbitMQ or of this process, a transition that is durable is told. What is told is
 * never ahead of the standing that is kept.
 */
export const runOutbox = (ledger: Ledger, bus: Bus, shard: number, log: Logger): Outbox => {
  const stopping = new AbortController()
  let wake = new AbortController()
  let waiting = 0
  ledger.onWritten(() => wake.abort())

  const confirmations = openConfirmations()

  const round = async (): Promise<number> => {
    const written = await ledger.care('standing')
    const parcels = await ledger.care('outbox', BATCH)
    waiting = parcels.length
    if (parcels.length > 0) await keepStanding(ledger, bus, shard)
    const results = await Promise.allSettled(parcels.map((parcel) => publish(bus, parcel, shard)))
    const sent = parcels.filter((_, i) => results[i]?.status === 'fulfilled')
    if (sent.length > 0)
      await ledger.care(
        'confirmed',
        sent.map((parcel) => parcel.seq),
      )
    waiting -= sent.length
    const failed = results.find((r) => r.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    confirmations.through(parcels.length < BATCH ? written.seq : (parcels.at(-1)?.seq ?? 0))
    return parcels.length
  }
  const loop = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      wake = new AbortController()
      try {
        const sent = await round()
        failures = 0
        if (sent === 0) await pause(IDLE_MS, AbortSignal.any([wake.signal, stopping.signal]))
      } catch (error) {
        failures += 1
        log.warn({ err: messageOf(error), waiting }, 'facts of the ledger could not be published; trying again')
        await pause(backoffMs(failures), stopping.signal)
      }
    }
  }
  const running = loop()
  return {
    get waiting() {
      return waiting
    },
    async told() {
      const { seq } = await ledger.care('standing')
      await within(
        confirmations.of(seq),
        TOLD_WITHIN_MS,
        () => new UnavailableError('rabbitmq', `What the ledger has written (${seq}) was not confirmed in time.`),
      )
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await running
      await round().catch((error: unknown) =>
        log.warn({ err: messageOf(error) }, 'facts stay in the outbox until the next start'),
      )
    },
  }
}
