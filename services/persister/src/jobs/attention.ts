import { AlertCleared, AlertRaised, attentionRaised } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ROWS = 200
/** A person is reminded this often. */
const REPEAT_SECONDS = 3_600

/** Reminds of every post that waits for a person, and lets go of the alerts of those that wait no more. */
export const attentionReminder = ({ database, bus, backlog }: JobPorts): Job => ({
  name: 'persister.attention',
  everyMs: 15_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    // What settled a post may be among the facts that wait.
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const { raise, clear } = await database.rpc(
      'attention_alerts',
      { ...fence, repeat_seconds: REPEAT_SECONDS, max_rows: MAX_ROWS },
      { signal, deadlineMs: CALL_MS },
    )
    const at = new Date().toISOString()
    await Promise.all([
      ...raise.map(({ postId, account, reason }) =>
        bus.emit(AlertRaised, attentionRaised(postId, account, reason ?? 'its outcome is not known.'), { signal }),
      ),
      ...clear.map((key) => bus.emit(AlertCleared, { at, key }, { signal })),
    ])
    return succeeded(
      raise.length + clear.length,
      `${raise.length} reminders of posts that need a person, ${clear.length} ended`,
    )
  },
})
