import { z } from 'zod'
import { AccountId } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { pageOf, paging } from './paging.ts'
import { AuditPage } from './shapes.ts'

const Query = z.strictObject({ account: AccountId.optional(), ...paging })

export const listAudits = ({ audits }: Pick<Ports, 'audits'>) =>
  operation({
    method: 'get',
    path: '/v1/audits',
    summary: 'Audits, newest first, a page at a time: what accounts show against what is recorded of them',
    description:
      '`clean`: both sides say the same. `gaps`: they did not, and the lists say where. `invalid`: the account could not be read, so that nothing is known; `reason` says why.',
    query: Query,
    answers: { 200: AuditPage },
    async run({ query: { account, limit, cursor: after } }, { signal }) {
      const found = await audits.list({ account, limit: limit + 1, after }, { signal })
      const { items, next } = pageOf(found, limit, ({ at, id }) => [at, id])
      return { status: 200, body: { audits: items, next } }
    },
  })
