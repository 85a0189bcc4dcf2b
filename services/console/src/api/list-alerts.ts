import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { AlertAnswer } from './shapes.ts'

const Query = z.strictObject({
  /** Only those that stand, or only those that were cleared; both when left out. */
  active: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional(),
  limit: z.coerce.number('must be a number from 1 to 200').int().min(1).max(200).default(50),
})

export const listAlerts = ({ alerts }: Pick<Ports, 'alerts'>) =>
  operation({
    method: 'get',
    path: '/v1/alerts',
    summary: 'Alerts, the last raised first: one per condition, with what is wrong and what to do',
    query: Query,
    answers: { 200: z.object({ alerts: z.array(AlertAnswer) }) },
    async run({ query: { active, limit } }, { signal }) {
      return { status: 200, body: { alerts: await alerts.list({ active, limit }, { signal }) } }
    },
  })
