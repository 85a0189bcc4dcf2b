import {
  AccountAudited,
  AuditAccount,
  JobRan,
  SegmentCorrected,
  SegmentDoubted,
  SegmentMissing,
  SegmentPublished,
  type AuditReport,
  type BodyOf,
} from '@surepost/shared/contracts'
import type { AuditScope } from '@surepost/shared/database'
import { TransientError, UnavailableError, messageOf } from '@surepost/shared/errors'
import { answer, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import { withoutMentions, type PlatformAdapter } from '@surepost/platforms'
import { type Findings, hasGaps, judge, listsOf } from '../audit/judge.ts'
import { type Look, look } from '../audit/look.ts'
import type { SameText } from '../audit/sort.ts'
import { type Reader, type ReadPorts, withReader } from '../reading.ts'

export interface AuditPorts extends ReadPorts {
  /** What is recorded of an account since a time. @throws UnavailableError */
  readonly scopeOf: (account: string, since: Date, signal: AbortSignal) => Promise<AuditScope>
}

type Wish = BodyOf<typeof AuditAccount>

/**
 * Compare what an account shows with what is recorded of it. What is found is said as facts, which the database and the
 * ledger hear; the report is a fact too, and the answer for whoever waits. What could not be read is said as `invalid`,
 * never as "nothing there".
 */
export const auditAccount = (ports: AuditPorts) =>
  handle(AuditAccount, async ({ body, lastAttempt }, { signal }): Promise<Outcome> => {
    const startedAt = new Date()
    const outcome = await withReader(
      ports,
      { ...body, leaseClass: body.awaited ? 'interactive' : 'background' },
      signal,
      async (reader) => {
        const looked = await lookAt(ports, body, reader)
        if (looked.kind === 'looked') return conclude(ports, body, startedAt, looked)
        if (looked.kind === 'session') await reader.lease.pauseAccount(`${looked.trouble}: ${looked.detail}`, null)
        else if (looked.kind === 'throttled' && !body.awaited)
          return snooze(looked.until, 'the platform slows readings down')
        else if (!lastAttempt) return retry(new TransientError(reasonOf(looked)))
        return invalid(ports, body, startedAt, reasonOf(looked))
      },
    )
    // A person is told at once that no browser could be had; the schedule waits.
    if (!body.awaited || outcome.kind !== 'snooze') return outcome
    return invalid(ports, body, startedAt, outcome.reason)
  })

const lookAt = async (ports: AuditPorts, body: Wish, { session, signal, lease }: Reader): Promise<Look> => {
  const since = new Date(body.since)
  const sameText = textsOf(ports.platforms.for(body.platform))
  try {
    return await look({ session, handle: lease.handle, since, sameText, call: { signal } }, () =>
      ports.scopeOf(body.account, since, signal),
    )
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error
    return { kind: 'unreadable', cause: 'not_loaded', detail: `The database could not be read: ${messageOf(error)}` }
  }
}

const textsOf =
  ({ sameText }: Pick<PlatformAdapter, 'sameText'>): SameText =>
  ({ text, isReply }, shown) =>
    sameText(text, shown) || (isReply && sameText(withoutMentions(text), shown))

const reasonOf = (looked: Exclude<Look, { kind: 'looked' }>): string => {
  if (looked.kind === 'throttled') return `The platform slows readings down until ${looked.until.toISOString()}.`
  return looked.kind === 'session' ? `${looked.trouble}: ${looked.detail}` : looked.detail
}

const conclude = async (
  ports: AuditPorts,
  body: Wish,
  startedAt: Date,
  { evidence, seen }: Extract<Look, { kind: 'looked' }>,
): Promise<Outcome> => {
  const findings = judge(evidence, new Date(), textsOf(ports.platforms.for(body.platform)))
  await tell(ports, body, findings)
  const lists = listsOf(findings)
  const recorded = evidence.present.length + evidence.doubtful.length
  const [unread] = findings.unread
  if (unread !== undefined) {
    const reason = `${findings.unread.length} recorded posts were not on the page and could not be read by themselves, ${unread.platformId} among them.`
    return report(ports, { ...named(body), ...lists, outcome: 'invalid', reason, seen, recorded }, startedAt)
  }
  const outcome = hasGaps(lists) ? 'gaps' : 'clean'
  return report(ports, { ...named(body), ...lists, outcome, reason: null, seen, recorded }, startedAt)
}

const named = ({ auditId, account, since }: Wish) => ({ auditId, account, since, at: new Date().toISOString() })
const NOTHING = { recovered: [], missing: [], wrongIds: [], duplicates: [], foreign: [], seen: 0, recorded: 0 }

const invalid = (ports: AuditPorts, body: Wish, startedAt: Date, reason: string): Promise<Outcome> =>
  report(ports, { ...named(body), ...NOTHING, outcome: 'invalid', reason: reason.slice(0, 2_000) }, startedAt)

/** Say what was found: each finding is a fact of its own. */
const tell = async ({ bus }: AuditPorts, { account, platform }: Wish, findings: Findings): Promise<void> => {
  const at = new Date().toISOString()
  const { recovered, corrected, doubted, missing } = findings
  await Promise.all([
    ...recovered.map(([{ postId, segment, revision }, { platformId, url, createdAt }]) => {
      const live = { platformId, url, publishedAt: createdAt.toISOString(), source: 'audit', ledger: null } as const
      return bus.emit(SegmentPublished, { at, postId, revision, segment, account, platform, ...live })
    }),
    ...corrected.map(([{ postId, segment, platformId: wrong }, { platformId, url, createdAt }]) => {
      const live = { platformId, url, publishedAt: createdAt.toISOString() }
      return bus.emit(SegmentCorrected, { at, postId, segment, account, wrong, ...live })
    }),
    ...doubted.map(({ postId, segment, platformId }) => {
      const reason = 'Its page shows another text or another author, and no post of the account is it.'
      return bus.emit(SegmentDoubted, { at, postId, segment, account, platformId, reason })
    }),
    ...missing.map(({ postId, segment, platformId }) =>
      bus.emit(SegmentMissing, { at, postId, segment, account, platformId }),
    ),
  ])
}

const report = async ({ bus }: AuditPorts, audited: AuditReport, startedAt: Date): Promise<Outcome> => {
  const { account, at, outcome, reason } = audited
  await bus.emit(AccountAudited, audited)
  await bus.emit(JobRan, {
    at,
    job: 'account.audit',
    account,
    startedAt: startedAt.toISOString(),
    outcome: outcome === 'invalid' ? 'failed' : 'succeeded',
    category: outcome === 'invalid' ? 'unreadable' : null,
    detail: reason ?? `${outcome}: ${audited.seen} posts seen, ${audited.recorded} recorded`,
  })
  return answer(audited)
}
