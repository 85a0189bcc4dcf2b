import { type LedgerMark } from '@surepost/shared/contracts'
import { goneSince, isBehind, isOutdated, reborn } from '../../../../services/browser-broker/src/ledger/decide-start.ts'
import type { Millis } from '../../../../services/browser-broker/src/ledger/model.ts'
import {
  type AnswerOf,
  type ArgumentsOf,
  type Moment,
  OPERATIONS,
  type OperationName,
} from '../../../../services/browser-broker/src/ledger/operations.ts'
import type { Policy } from '../../../../services/browser-broker/src/ledger/policy.ts'
import type { Standing } from '../../../../services/browser-broker/src/ledger/upkeep.ts'
import type { Tables } from '../../../../services/browser-broker/src/ledger/views.ts'
import type { Decision } from '../../../../services/browser-broker/src/ledger/writes.ts'
import type { Variant } from '../variants/variant.ts'
import { memoryApply } from './apply.ts'
import { type Rows, copyOf, emptyRows } from './rows.ts'
import { memoryTables } from './tables.ts'

export interface LedgerPorts {
  readonly now: () => Millis
  readonly newId: () => string
  readonly policy: Policy
  readonly variant: Variant
  /** Called after each operation that left something in the outbox. */
  readonly onWritten: () => void
}

/** The action ledger as production decides it, over rows in memory. What it answers has happened. */
export interface MemoryLedger {
  readonly rows: Rows
  readonly tables: Tables
  ask<N extends OperationName>(name: N, ...args: ArgumentsOf<N>): AnswerOf<N>
  /** Take parcels that RabbitMQ has confirmed out of the outbox. */
  confirmed(seq: number): void
  /** After a start: every lease that an earlier life left open has ended. */
  recover(sameHost: boolean): number
  /** How far it has got. */
  standing(): Standing
  /** At its start it hears how far the ledger of its shard had got. @returns true when it was another one, and began anew */
  start(said: Standing | undefined): boolean
  /** @returns true when this ledger found itself behind what it has said, and began anew */
  hear(mark: LedgerMark): boolean
  backup(): Rows
  restore(backup: Rows): void
  lose(): void
}

export const openMemoryLedger = (ports: LedgerPorts): MemoryLedger => {
  const { policy, variant } = ports
  const operations = { ...OPERATIONS, ...variant.operations }
  let rows = emptyRows(ports.newId(), ports.now())
  const tables = memoryTables(() => rows)

  const ask: MemoryLedger['ask'] = (name, ...args) => {
    const moment: Moment = { tables, now: ports.now(), policy }
    const decide = operations[name] as unknown as (m: Moment, ...rest: unknown[]) => Decision<AnswerOf<typeof name>>
    const { answer, writes } = decide(moment, ...args)
    const before = rows.seq
    memoryApply(rows, writes, ports.newId)
    if (rows.seq !== before) ports.onWritten()
    return answer
  }
  const standing = (): Standing => ({ id: rows.id, seq: rows.seq, killSwitch: rows.killSwitch })
  return {
    get rows() {
      return rows
    },
    tables,
    ask,
    confirmed: (seq) => void (rows.outbox = rows.outbox.filter((parcel) => parcel.seq !== seq)),
    recover(sameHost) {
      const left = [...rows.leases.values()].filter((lease) => lease.endedAt === null)
      for (const lease of left)
        ask('leaseEnded', lease.leaseId, goneSince(lease, sameHost, ports.now()), 'the browser-broker was restarted')
      return left.length
    },
    standing,
    start(said) {
      if (!isOutdated(standing(), said)) return false
      rebirth(rows, ports)
      if (said !== undefined && said.killSwitch.on !== rows.killSwitch.on) ask('killSwitch', said.killSwitch)
      return true
    },
    hear(mark) {
      if (!isBehind(rows, mark)) return false
      rebirth(rows, ports)
      return true
    },
    backup: () => copyOf(rows),
    restore: (backup) => void (rows = copyOf(backup)),
    lose: () => void (rows = emptyRows(ports.newId(), variant.birth ?? ports.now())),
  }
}

/** As the broker's upkeep does it, over these rows. */
const rebirth = (rows: Rows, { now, newId, policy, variant }: LedgerPorts): void => {
  rows.id = newId()
  rows.birth = variant.birth ?? now()
  for (const [postId, actions] of rows.actions)
    rows.actions.set(
      postId,
      actions.map((action) => reborn(action, now(), policy)),
    )
}
