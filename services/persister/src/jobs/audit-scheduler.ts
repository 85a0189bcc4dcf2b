import { ALERTS, AlertRaised, AuditAccount, PostNeedsAttention, newId, raised } from '@surepost/shared/contracts'
import type { ExpiredDoubt } from '@surepost/shared/database'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ACCOUNTS = 20
const MAX_DOUBTS = 100

/**
 * Asks for the truth-gap audit of every account, as often as configured and sooner while an id of it is doubted; a
 * doubted id that no audit put right in time goes to a person.
 */
export const auditScheduler = ({ database, bus, room, audits }: JobPorts): Job => ({
  name: 'persister.audits',
  everyMs: 5_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const call = { signal, deadlineMs: CALL_MS }
    const full = room(AuditAccount.queue)
    const due = await database.rpc(
      'claim_due_audits',
      {
        ...fence,
        every_seconds: audits.everySeconds,
        window_seconds: audits.windowSeconds,
        max_rows: full === undefined ? MAX_ACCOUNTS : 0,
      },
      call,
    )
    await Promise.all(
      due.map(({ since, ...account }) =>
        bus.send(
          AuditAccount,
          { ...account, auditId: newId(), since: since.toISOString(), awaited: false },
          { signal },
        ),
      ),
    )
    const late = await database.rpc(
      'claim_expired_doubts',
      { ...fence, max_rows: MAX_DOUBTS, after_seconds: audits.recoverWithinSeconds },
      call,
    )
    for (const doubt of late) await handOver(bus, doubt, signal)
    if (full !== undefined && late.length === 0) return skipped(full)
    return succeeded(
      due.length + late.length,
      `audits of ${due.length} accounts asked for, ${late.length} doubted ids handed to a person`,
    )
  },
})

const handOver = async (
  bus: JobPorts['bus'],
  { postId, segment, revision, platformId, reason }: ExpiredDoubt,
  signal: AbortSignal,
): Promise<void> => {
  const at = new Date().toISOString()
  const sentence =
    `The id ${platformId} of segment ${segment} of post ${postId} is another post's, and no audit found the true one: ${reason}`.slice(
      0,
      2_000,
    )
  // The alert first: the fact ends the claim.
  await bus.emit(AlertRaised, raised(ALERTS.idRecovery, sentence, `${postId}:${segment}`), { signal })
  await bus.emit(PostNeedsAttention, { at, postId, revision, segment, reason: sentence }, { signal })
}
