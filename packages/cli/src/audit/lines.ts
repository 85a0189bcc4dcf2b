import type { AuditReport } from '@surepost/shared/contracts'
import type { Audited } from './run.ts'

const of = ({ postId, segment }: { readonly postId: string; readonly segment: number }): string =>
  `post ${postId}, segment ${segment}`

const gapsOf = (report: AuditReport): readonly string[] => [
  ...report.recovered.map((gap) => `live and not recorded, recorded now: ${gap.platformId} (${of(gap)})`),
  ...report.missing.map((gap) => `recorded and gone: ${gap.platformId} (${of(gap)})`),
  ...report.wrongIds.map((gap) =>
    gap.platformId === null
      ? `recorded with another post's id: ${gap.recorded} (${of(gap)}); the true one was not found`
      : `recorded with another post's id: ${gap.recorded}, corrected to ${gap.platformId} (${of(gap)})`,
  ),
  ...report.duplicates.map((gap) => `live twice: ${gap.platformId} and ${gap.other} (${of(gap)})`),
  ...report.foreign.map((gap) => `not ours: ${gap.url}`),
]

const HEADS = { clean: 'agrees', gaps: 'has gaps', invalid: 'could not be read: nothing is known' } as const

const linesOf = (report: AuditReport): readonly string[] => [
  `${report.account} ${HEADS[report.outcome]}${report.outcome === 'invalid' ? '' : ` (${report.seen} posts seen, ${report.recorded} recorded)`}`,
  ...(report.reason === null ? [] : [`  ${report.reason}`]),
  ...gapsOf(report).map((line) => `  ${line}`),
]

/** What a person reads of an audit. */
export const auditLines = ({ accounts }: Audited): string => accounts.flatMap(linesOf).join('\n')
