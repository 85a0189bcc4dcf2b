import { z } from 'zod'
import { AccountConfig, AccountId, ConfigureAccount, DEFAULT_BUDGETS, rulesFor } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { invalid } from '../http/problems.ts'
import { type Controlling, control } from './account-control.ts'
import { AccountParams } from './shapes.ts'

/** The id is the path's (what GET answered may be put again); budgets that are not given are the conservative ones. */
const AccountBody = AccountConfig.extend({
  id: AccountId.optional(),
  budgets: AccountConfig.shape.budgets.default(DEFAULT_BUDGETS),
})

/** The platform's rules are told once: with the answer that adds the account. */
const Put = AccountConfig.extend({ notices: z.array(z.string()).optional() })

export const putAccount = (ports: Controlling) =>
  operation({
    method: 'put',
    path: '/v1/accounts/:id',
    summary: 'Add an account, or change its configuration',
    description:
      "Answers once the account's broker keeps it. The session is a matter of its own: PUT /v1/accounts/:id/session.",
    params: AccountParams,
    body: AccountBody,
    answers: { 200: Put },
    async run({ params, body }, { signal }) {
      if (body.id !== undefined && body.id !== params.id)
        throw invalid([{ path: 'id', message: `must be "${params.id}", as in the path, or left out` }])
      const config: AccountConfig = { ...body, id: params.id }
      // Nobody knows while the broker is away; then nothing is told, and the change below waits for it.
      const known = await ports.accounts.find(params.id, { signal }).catch(() => null)
      await control(ports, ConfigureAccount, params.id, { config }, signal)
      return { status: 200, body: known === undefined ? { ...config, notices: [...rulesFor(config)] } : config }
    },
  })
