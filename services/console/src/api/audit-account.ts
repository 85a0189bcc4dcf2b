import { z } from 'zod'
import { AccountId, AuditAccount, Instant, newId } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { operation } from '../http/operation.ts'
import { Problem, invalid } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { noSuchAccount } from './account-control.ts'
import { AccountParams } from './shapes.ts'

const DAY_MS = 86_400_000
/** How far back it looks when nothing is said. */
const USUAL_MS = 7 * DAY_MS
/** The accounts' pages are scrolled back so far at most. */
const MOST_DAYS = 90

const Wish = z
  .strictObject({
    since: z.iso
      .datetime({ offset: true, error: 'must be a moment with its offset, such as 2026-01-31T12:00:00Z' })
      .transform((text) => new Date(text))
      .optional(),
  })
  .prefault({})

/** What was asked for. Its report is in `GET /v1/audits` under this id when it has ended. */
const Asked = z.object({ id: z.uuid(), account: AccountId, since: Instant })

/** @throws Problem `invalid` */
const beginOf = (since: Date | undefined, now: Date): Date => {
  const from = since ?? new Date(now.getTime() - USUAL_MS)
  const age = now.getTime() - from.getTime()
  if (age <= 0 || age > MOST_DAYS * DAY_MS)
    throw invalid([{ path: 'since', message: `must lie in the last ${MOST_DAYS} days` }])
  return from
}

export const auditAccount = ({ bus, accounts, clock }: Pick<Ports, 'bus' | 'accounts' | 'clock'>) =>
  operation({
    method: 'post',
    path: '/v1/accounts/:id/audit',
    summary: 'Compare now what this account shows with what is recorded of it',
    description:
      'Answers 202 when the audit was asked for; it waits for a browser and scrolls the account’s page, which takes seconds to minutes. What is found is recorded; nothing is ever deleted. Without `since` it looks seven days back.',
    params: AccountParams,
    body: Wish,
    answers: { 202: Asked },
    async run({ params: { id }, body }, { signal }) {
      const account = (await accounts.find(id, { signal })) ?? noSuchAccount(id)
      const since = beginOf(body.since, clock.now()).toISOString()
      const asked = { id: newId(), account: id, since }
      const { platform, handle } = account
      try {
        const wish = { auditId: asked.id, account: id, platform, handle, since, awaited: true }
        await bus.send(AuditAccount, wish, { id: asked.id, signal })
      } catch (cause) {
        if (!(cause instanceof UnavailableError)) throw cause
        const detail = 'RabbitMQ did not confirm the request, so the audit may come or not. Asking again is safe.'
        throw new Problem('unavailable', detail, { retryAfter: 5, cause })
      }
      return { status: 202, body: asked, headers: { location: `/v1/audits?account=${id}` } }
    },
  })
