import type { AccountId, ApprovedPost, PostId } from '@surepost/shared/contracts'
import type {
  Account,
  Action,
  Appointment,
  KillSwitch,
  LeaseRecord,
  Millis,
  Revocation,
  Spend,
} from '../../../../services/browser-broker/src/ledger/model.ts'
import type { Said, Sent } from '../../../../services/browser-broker/src/ledger/writes.ts'

/** A fact or a command of the ledger's, until RabbitMQ has confirmed it. */
export interface Parcel {
  readonly seq: number
  readonly id: string
  readonly ledger: string
  readonly write: Said | Sent
}

/** The rows of one ledger, in memory. Rows are values: a change replaces one, so a copy of the tables is a backup. */
export interface Rows {
  id: string
  birth: Millis
  seq: number
  killSwitch: KillSwitch
  readonly actions: Map<PostId, readonly Action[]>
  readonly revocations: Map<PostId, Revocation>
  readonly accounts: Map<AccountId, Account>
  readonly sessions: Set<AccountId>
  /** Platform and person. */
  readonly optedOut: Set<string>
  readonly leases: Map<string, LeaseRecord>
  spends: readonly Spend[]
  readonly appointments: Map<PostId, Appointment>
  readonly commands: Map<string, ApprovedPost>
  outbox: readonly Parcel[]
}

export const emptyRows = (id: string, birth: Millis): Rows => ({
  id,
  birth,
  seq: 0,
  killSwitch: { on: false, by: '', reason: '' },
  actions: new Map(),
  revocations: new Map(),
  accounts: new Map(),
  sessions: new Set(),
  optedOut: new Set(),
  leases: new Map(),
  spends: [],
  appointments: new Map(),
  commands: new Map(),
  outbox: [],
})

/** A backup: the tables as they are now. */
export const copyOf = (rows: Rows): Rows => ({
  ...rows,
  actions: new Map(rows.actions),
  revocations: new Map(rows.revocations),
  accounts: new Map(rows.accounts),
  sessions: new Set(rows.sessions),
  optedOut: new Set(rows.optedOut),
  leases: new Map(rows.leases),
  appointments: new Map(rows.appointments),
  commands: new Map(rows.commands),
})

export const commandKey = (postId: PostId, revision: number): string => `${postId} ${revision}`
