import { DraftReply } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

/** Decisions under way at once: they rest on what was known when they were asked for, and that ages while they wait. */
const MOST_UNDER_WAY = 40

/** Asks for a decision on every mention that has none: one of a person at a time, oldest first. */
export const replyScheduler = ({ database, bus, backlog, asked }: JobPorts): Job => ({
  name: 'persister.replies',
  everyMs: 1_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    // What was decided, spent and refused may be among the facts that wait.
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const full = asked.full(DraftReply.queue)
    if (full !== undefined) return skipped(full)
    const open = await database.rpc(
      'claim_open_mentions',
      { ...fence, max_rows: MOST_UNDER_WAY },
      { signal, deadlineMs: CALL_MS },
    )
    await Promise.all(open.map((mention) => bus.send(DraftReply, mention, { signal })))
    return succeeded(open.length, `decisions on ${open.length} mentions asked for`)
  },
})
