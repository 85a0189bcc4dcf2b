import { type Action, nameOf, sameKey } from '../../../../services/browser-broker/src/ledger/model.ts'
import type { Write } from '../../../../services/browser-broker/src/ledger/writes.ts'
import { type Rows, commandKey } from './rows.ts'

/** An id belongs to one action: SQLite's unique index refuses the row, and so does this. */
const assertOwnId = (rows: Rows, action: Action): void => {
  if (action.platformId === null) return
  for (const actions of rows.actions.values())
    for (const other of actions)
      if (other.account === action.account && other.platformId === action.platformId && !sameKey(other, action))
        throw new Error(`${action.platformId} cannot be ${nameOf(action)}: it is ${nameOf(other)}`)
}

const putAction = (rows: Rows, action: Action): void => {
  assertOwnId(rows, action)
  const before = rows.actions.get(action.postId) ?? []
  const next = before.filter((a) => !sameKey(a, action))
  next.push(action)
  rows.actions.set(
    action.postId,
    next.sort((a, b) => a.revision - b.revision || a.segment - b.segment),
  )
}

const put = (rows: Rows, write: Extract<Write, { put: string }>): void => {
  switch (write.put) {
    case 'action':
      return putAction(rows, write.action)
    case 'spend': {
      const { spend } = write
      rows.spends = [...rows.spends.filter((s) => !(sameKey(s, spend) && s.attempt === spend.attempt)), spend]
      return
    }
    case 'appointment':
      return void rows.appointments.set(write.appointment.postId, write.appointment)
    case 'revocation':
      return void rows.revocations.set(write.revocation.postId, write.revocation)
    case 'account':
      return void rows.accounts.set(write.account.config.id, write.account)
    case 'lease':
      return void rows.leases.set(write.lease.leaseId, write.lease)
    case 'opt_out':
      return void rows.optedOut.add(`${write.optOut.platform} ${write.optOut.person}`)
    case 'opt_outs_told':
      return
    case 'command':
      return void rows.commands.set(commandKey(write.command.postId, write.command.revision), write.command)
    case 'kill_switch':
      rows.killSwitch = write.killSwitch
  }
}

const drop = (rows: Rows, write: Extract<Write, { drop: string }>): void => {
  switch (write.drop) {
    case 'spend':
      rows.spends = rows.spends.filter((s) => !(sameKey(s, write.key) && s.attempt === write.attempt))
      return
    case 'reservations':
      rows.spends = rows.spends.filter(
        (s) => !(s.postId === write.postId && s.revision === write.revision && s.state === 'reserved'),
      )
      return
    case 'appointment':
      rows.appointments.delete(write.postId)
      return
    case 'session':
      // Accounts of the simulation are signed in, always.
      return
  }
}

/**
 * Carry out the writes of one decision, all or none.
 * @throws Error where SQLite's constraints would refuse one
 */
export const memoryApply = (rows: Rows, writes: readonly Write[], newId: () => string): void => {
  for (const write of writes) if ('put' in write && write.put === 'action') assertOwnId(rows, write.action)
  for (const write of writes) {
    if ('put' in write) put(rows, write)
    else if ('drop' in write) drop(rows, write)
    else if ('close' in write)
      rows.spends = rows.spends.map((s) =>
        sameKey(s, write.key) && s.attempt === write.attempt && s.clickedBy === null
          ? { ...s, clickedBy: write.clickedBy }
          : s,
      )
    else {
      rows.seq += 1
      rows.outbox = [...rows.outbox, { seq: rows.seq, id: newId(), ledger: rows.id, write }]
    }
  }
}
