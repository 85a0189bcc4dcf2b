import { z } from 'zod'
import { expected } from '../http/expected.ts'
import { operation } from '../http/operation.ts'
import { type Controlling, requireAccount } from './account-control.ts'
import { AccountParams } from './shapes.ts'

/** Playwright's storageState as far as we look at it: what is inside is the session itself, and never part of a message. */
const StorageState = z.looseObject(
  { cookies: z.array(z.unknown(), 'must be a list'), origins: z.array(z.unknown(), 'must be a list').default([]) },
  expected("must be Playwright's storageState: {cookies, origins}"),
)

export const putSession = (ports: Controlling) =>
  operation({
    method: 'put',
    path: '/v1/accounts/:id/session',
    summary: "Hand an account's signed-in session to its broker: Playwright's storageState",
    description: 'It goes to the broker, which keeps it encrypted, and nowhere else.',
    params: AccountParams,
    body: StorageState,
    limit: 2 * 1024 * 1024,
    answers: { 204: z.undefined() },
    async run({ params, body }, { signal }) {
      await requireAccount(ports, params.id, signal)
      await ports.accounts.storeSession(params.id, body, { signal })
      return { status: 204 }
    },
  })
