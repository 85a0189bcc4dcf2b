import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { AccountAnswer } from './shapes.ts'

export const listAccounts = ({ accounts }: Pick<Ports, 'accounts'>) =>
  operation({
    method: 'get',
    path: '/v1/accounts',
    summary: 'Every account: its configuration, session, pause and what it has used of its budgets',
    answers: { 200: z.object({ accounts: z.array(AccountAnswer) }) },
    async run(_input, { signal }) {
      return { status: 200, body: { accounts: await accounts.list({ signal }) } }
    },
  })
