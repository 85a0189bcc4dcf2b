import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ApprovedPost, PlatformId } from '@surepost/shared/contracts'
import {
  type Account,
  type Action,
  type Appointment,
  type KillSwitch,
  type LeaseRecord,
  NO_KILL_SWITCH,
  type OptOutsTold,
  type Revocation,
  type Spend,
} from './model.ts'
import { DAY } from './policy.ts'
import type { Tables } from './views.ts'

type Value = string | number | null

/** Statements are prepared once per text. */
export const statements = (db: DatabaseSync): ((sql: string) => StatementSync) => {
  const prepared = new Map<string, StatementSync>()
  return (sql) => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = db.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}

const MOST_TAKEN = 1_000
const MOST_APPOINTMENTS = 200
const MOST_SILENT = 100
const MOST_WORDLESS = 100

/** Ways to read. Rows were written by this program, in the shape they are read. */
const readerOf = (db: DatabaseSync) => {
  const prepare = statements(db)
  const rows = <Row = unknown>(sql: string, ...values: Value[]): Row[] => prepare(sql).all(...values) as Row[]
  const docs = <Doc>(sql: string, ...values: Value[]): Doc[] =>
    rows<{ doc: string }>(sql, ...values).map(({ doc }): Doc => JSON.parse(doc))
  return { rows, docs }
}
const first = <T>(items: readonly T[]): T | null => items[0] ?? null

type Reader = ReturnType<typeof readerOf>

type Standing = 'ledger' | 'account' | 'lease' | 'hasSession' | 'command' | 'optedOut' | 'optOutsTold'
const standingTables = ({ rows, docs }: Reader): Pick<Tables, Standing> => {
  const meta = (key: string): string | undefined =>
    rows<{ value: string }>('select value from meta where key = ?', key)[0]?.value
  return {
    ledger: () => ({
      id: meta('id') ?? '',
      birth: Number(meta('birth')),
      killSwitch: (JSON.parse(meta('kill_switch') ?? 'null') as KillSwitch | null) ?? NO_KILL_SWITCH,
    }),
    account: (id) => first(docs<Account>('select doc from accounts where id = ?', id)),
    lease: (id) => first(docs<LeaseRecord>('select doc from leases where id = ?', id)),
    hasSession: (account) => rows('select 1 from sessions where account = ?', account).length > 0,
    optedOut: (platform, person) =>
      rows('select 1 from opted_out where platform = ? and person = ?', platform, person).length > 0,
    optOutsTold: () => JSON.parse(meta('opt_outs_told') ?? 'null') as OptOutsTold | null,
    command: (postId, revision) => {
      const [row] = rows<{ body: string }>(
        'select body from commands where post_id = ? and revision = ?',
        postId,
        revision,
      )
      return row === undefined ? null : ApprovedPost.parse(JSON.parse(row.body))
    },
  }
}

type Budgets = 'spends' | 'appointments' | 'appointment'
const budgetTables = ({ rows, docs }: Reader): Pick<Tables, Budgets> => ({
  spends: (account, kind, now) =>
    docs<Spend>(
      `select doc from spends where account = ? and kind = ?
       and (clicked_by > ? or (clicked_by is null and (state = 'spent' or at > ?)))`,
      account,
      kind,
      now - DAY,
      now - DAY,
    ),
  appointments: (account, kind, now) =>
    rows<Appointment>(
      `select ${APPOINTMENT} from appointments where account = ? and kind = ? and at > ?
       order by at limit ${MOST_APPOINTMENTS}`,
      account,
      kind,
      now,
    ),
  appointment: (postId) =>
    rows<Appointment>(`select ${APPOINTMENT} from appointments where post_id = ?`, postId)[0] ?? null,
})
const APPOINTMENT = 'post_id as "postId", account, kind, at, need'

type Twins = 'sameText' | 'unsettledWordless' | 'sameTextElsewhere'
/** Actions that could be taken for another. */
const twinTables = ({ docs }: Reader): Pick<Tables, Twins> => ({
  sameText: (account, textHash, since, except) =>
    first(
      docs<Action>(
        `select doc from actions where account = ? and text_hash = ? and begun_at > ? and state <> 'aborted' and post_id <> ?
       order by begun_at desc limit 1`,
        account,
        textHash,
        since,
        except,
      ),
    ),
  unsettledWordless: (account, except) =>
    docs<Action>(
      `select doc from actions where account = ? and state in ('open', 'unknown') and text_hash is null and post_id <> ?
       order by begun_at desc limit ${MOST_WORDLESS}`,
      account,
      except,
    ),
  sameTextElsewhere: (account, textHash, since) =>
    first(
      docs<Action>(
        `select doc from actions where text_hash = ? and begun_at > ? and account <> ? and state <> 'aborted'
       order by begun_at desc limit 1`,
        textHash,
        since,
        account,
      ),
    ),
})

type Actions = Exclude<keyof Tables, Standing | Budgets | Twins>
const actionTables = ({ rows, docs }: Reader): Pick<Tables, Actions> => ({
  post: (postId) => ({
    actions: docs<Action>('select doc from actions where post_id = ? order by revision, segment', postId),
    revocation: first(docs<Revocation>('select doc from revocations where post_id = ?', postId)),
  }),
  taken: (account, since, except) =>
    rows<{ id: string }>(
      `select platform_id as id from actions where account = ? and state = 'done' and published_at >= ?
       and not (post_id = ? and revision = ? and segment = ?) order by published_at desc limit ${MOST_TAKEN}`,
      account,
      since,
      except.postId,
      except.revision,
      except.segment,
    ).map(({ id }) => PlatformId.parse(id)),
  ownerOf: (account, platformId) =>
    first(docs<Action>('select doc from actions where account = ? and platform_id = ?', account, platformId)),
  unsettledOf: (leaseId) =>
    docs<Action>(
      `select doc from actions where lease_id = ? and state in ('open', 'unknown') and quiet_since is null`,
      leaseId,
    ),
  unsettled: (account) =>
    rows(`select 1 from actions where account = ? and state in ('open', 'unknown') limit 1`, account).length > 0,
  silent: (since, maxResends) =>
    docs<Action>(
      `select doc from actions a where state in ('open', 'unknown') and touched_at < ? and resends < ?
       and not exists (select 1 from leases l where l.id = a.lease_id and l.ended_at is null)
       order by touched_at limit ${MOST_SILENT}`,
      since,
      maxResends,
    ),
})

/** The ledger's tables over SQLite, read only. */
export const sqliteTables = (db: DatabaseSync): Tables => {
  const reader = readerOf(db)
  return { ...standingTables(reader), ...budgetTables(reader), ...twinTables(reader), ...actionTables(reader) }
}
