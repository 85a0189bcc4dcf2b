import { AuditReport } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import { z } from 'zod'
import type { AuditAnswer } from '../api/shapes.ts'
import type { AuditQuery, AuditRecords } from '../ports.ts'
import { parsed } from './parsed.ts'
import { Timestamp } from './post-rows.ts'

/** Usual longest time of a read: a person waits for it. */
const READ_MS = 6_000

const AuditRow = z
  .object({
    ...AuditReport.pick({ account: true, outcome: true, reason: true, seen: true, recorded: true }).shape,
    id: z.uuid(),
    at: Timestamp,
    since: Timestamp,
    report: AuditReport.pick({ recovered: true, missing: true, wrongIds: true, duplicates: true, foreign: true }),
  })
  .transform(({ report, ...row }): AuditAnswer => ({ ...row, ...report }))

const after = ([at, id]: NonNullable<AuditQuery['after']>): string => `at.lt.${at},and(at.eq.${at},id.lt.${id})`

/** The record of audits through the one database module. */
export const databaseAudits = (database: Pick<Database, 'read'>): AuditRecords => ({
  async list(query, read) {
    const rows = await database.read(
      'newest audits',
      (client) => {
        let wanted = client.from('audits').select('id,account,at,since,outcome,reason,seen,recorded,report')
        if (query.account !== undefined) wanted = wanted.eq('account', query.account)
        if (query.after !== undefined) wanted = wanted.or(after(query.after))
        return wanted.order('at', { ascending: false }).order('id', { ascending: false }).limit(query.limit)
      },
      { deadlineMs: READ_MS, ...read },
    )
    return parsed('list of audits', z.array(AuditRow), rows)
  },
})
