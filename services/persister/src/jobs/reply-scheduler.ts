import { DraftReply } from '@surepost/shared/contracts'
import { type Job, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_MENTIONS = 50

/** Asks for a decision on every mention that has none. */
export const replyScheduler = ({ database, bus }: JobPorts): Job => ({
  name: 'persister.replies',
  everyMs: 1_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const open = await database.rpc(
      'claim_open_mentions',
      { ...fence, max_rows: MAX_MENTIONS },
      { signal, deadlineMs: CALL_MS },
    )
    await Promise.all(open.map((mention) => bus.send(DraftReply, mention, { signal })))
    return succeeded(open.length, `decisions on ${open.length} mentions asked for`)
  },
})
