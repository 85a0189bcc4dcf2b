import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { COMMANDS, FACTS, newId } from '@surepost/shared/contracts'
import { statements } from './tables.ts'
import type { Said, Sent, Write } from './writes.ts'

const factOfType = new Map(FACTS.map((contract) => [contract.type as string, contract]))
const commandOfType = new Map(COMMANDS.map((contract) => [contract.type as string, contract]))

/** The ledger's running number and its name, which every fact of it carries. */
export interface Mark {
  /** The ledger's name at this moment: a rebirth changes it. */
  id(): string
  /** Takes the next number. */
  next(): number
}

type Prepare = (sql: string) => StatementSync
type Put = Extract<Write, { put: string }>
type Drop = Extract<Write, { drop: string }>
type Close = Extract<Write, { close: string }>

/** A fact or command as it goes to the outbox: checked against its contract, so that nothing unsendable is ever stored. */
const envelope = (write: Said | Sent, mark: Mark, seq: number) => {
  if ('send' in write) {
    const contract = commandOfType.get(write.send)
    if (contract === undefined) throw new Error(`there is no command ${write.send}`)
    return { kind: 'command', type: write.send, body: contract.body.parse(write.body) }
  }
  const contract = factOfType.get(write.emit)
  if (contract === undefined) throw new Error(`there is no fact ${write.emit}`)
  const marked = 'ledger' in contract.body.shape ? { ...write.body, ledger: { id: mark.id(), seq } } : write.body
  return { kind: 'fact', type: write.emit, body: contract.body.parse(marked) }
}

const say = (prepare: Prepare, mark: Mark, write: Said | Sent): void => {
  const seq = mark.next()
  const { kind, type, body } = envelope(write, mark, seq)
  prepare('insert into outbox values (?, ?, ?, ?, ?)').run(seq, newId(), kind, type, JSON.stringify(body))
}

const putBook = (prepare: Prepare, write: Put): void => {
  switch (write.put) {
    case 'action':
      // Not `or replace`: an id that another action owns must be an error, not the end of that action.
      prepare(
        'insert into actions (doc) values (?) on conflict (post_id, revision, segment) do update set doc = excluded.doc',
      ).run(JSON.stringify(write.action))
      break
    case 'spend':
      prepare('insert or replace into spends (doc) values (?)').run(JSON.stringify(write.spend))
      break
    case 'appointment': {
      const { postId, account, kind, at, need } = write.appointment
      prepare('insert or replace into appointments values (?, ?, ?, ?, ?)').run(postId, account, kind, at, need)
      break
    }
    case 'revocation': {
      const { revocation: r } = write
      prepare('insert or replace into revocations values (?, ?, ?)').run(r.postId, r.at, JSON.stringify(r))
      break
    }
    default:
      putStanding(prepare, write)
  }
}

const putStanding = (
  prepare: Prepare,
  write: Exclude<Put, { put: 'action' | 'spend' | 'appointment' | 'revocation' }>,
): void => {
  switch (write.put) {
    case 'account':
      prepare('insert or replace into accounts values (?, ?)').run(
        write.account.config.id,
        JSON.stringify(write.account),
      )
      break
    case 'lease': {
      const { lease: l } = write
      prepare('insert or replace into leases values (?, ?, ?, ?)').run(
        l.leaseId,
        l.account,
        l.endedAt,
        JSON.stringify(l),
      )
      break
    }
    case 'command': {
      const { command: c } = write
      prepare('insert or replace into commands values (?, ?, ?)').run(c.postId, c.revision, JSON.stringify(c))
      break
    }
    case 'opt_out': {
      const { platform, person, at } = write.optOut
      prepare('insert or ignore into opted_out values (?, ?, ?)').run(platform, person, at)
      break
    }
    case 'opt_outs_told':
      prepare(`insert or replace into meta values ('opt_outs_told', ?)`).run(JSON.stringify(write.told))
      break
    case 'kill_switch':
      prepare(`insert or replace into meta values ('kill_switch', ?)`).run(JSON.stringify(write.killSwitch))
  }
}

const drop = (prepare: Prepare, write: Drop): void => {
  switch (write.drop) {
    case 'spend': {
      const { postId, revision, segment } = write.key
      prepare('delete from spends where post_id = ? and revision = ? and segment = ? and attempt = ?').run(
        postId,
        revision,
        segment,
        write.attempt,
      )
      break
    }
    case 'reservations':
      prepare(`delete from spends where post_id = ? and revision = ? and state = 'reserved'`).run(
        write.postId,
        write.revision,
      )
      break
    case 'appointment':
      prepare('delete from appointments where post_id = ?').run(write.postId)
      break
    case 'session':
      prepare('delete from sessions where account = ?').run(write.account)
  }
}

const close = (prepare: Prepare, { key, attempt, clickedBy }: Close): void => {
  prepare(
    `update spends set doc = json_set(doc, '$.clickedBy', cast(? as integer))
     where post_id = ? and revision = ? and segment = ? and attempt = ? and clicked_by is null`,
  ).run(clickedBy, key.postId, key.revision, key.segment, attempt)
}

/** Carries out the writes of decisions. Runs inside the caller's transaction: a fact is stored with what it tells, or not at all. */
export type Apply = (writes: readonly Write[]) => void

export const sqliteApply = (db: DatabaseSync, mark: Mark): Apply => {
  const prepare = statements(db)
  return (writes) => {
    for (const write of writes) {
      if ('put' in write) putBook(prepare, write)
      else if ('drop' in write) drop(prepare, write)
      else if ('close' in write) close(prepare, write)
      else say(prepare, mark, write)
    }
  }
}
