import type { Database } from '@surepost/shared/database'
import { z } from 'zod'
import type { AlertAnswer } from '../api/shapes.ts'
import type { AlertRecords } from '../ports.ts'
import { parsed } from './parsed.ts'
import { Timestamp } from './post-rows.ts'

/** Usual longest time of a read: a person waits for it. */
const READ_MS = 6_000

const AlertRow = z
  .object({
    key: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    sentence: z.string(),
    raised_at: Timestamp,
    times: z.int(),
    cleared_at: Timestamp.nullable(),
    active: z.boolean(),
    runbook: z.string().nullable(),
  })
  .transform(({ raised_at: raisedAt, cleared_at: clearedAt, ...row }): AlertAnswer => ({ ...row, raisedAt, clearedAt }))

/** The record of alerts through the one database module. */
export const databaseAlerts = (database: Pick<Database, 'read'>): AlertRecords => ({
  async list({ active, limit }, read) {
    const rows = await database.read(
      'newest alerts',
      (client) => {
        // A key of which only the clearing is recorded yet was never seen to be raised.
        const all = client.from('alerts').select('key,severity,sentence,raised_at,times,cleared_at,active,runbook')
        const raised = all.not('raised_at', 'is', null)
        const wanted = active === undefined ? raised : raised.eq('active', active)
        return wanted.order('raised_at', { ascending: false }).order('key').limit(limit)
      },
      { deadlineMs: READ_MS, ...read },
    )
    return parsed('list of alerts', z.array(AlertRow), rows)
  },
})
