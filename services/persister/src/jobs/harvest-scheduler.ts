import { HarvestMentions } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ACCOUNTS = 50

/** Asks for the mentions of every account that answers, as often as it wants (`replies.harvestEverySeconds`). */
export const harvestScheduler = ({ database, bus, room }: JobPorts): Job => ({
  name: 'persister.harvest',
  everyMs: 1_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const full = room(HarvestMentions.queue)
    if (full !== undefined) return skipped(full)
    const due = await database.rpc(
      'claim_due_harvests',
      { ...fence, max_rows: MAX_ACCOUNTS },
      { signal, deadlineMs: CALL_MS },
    )
    await Promise.all(due.map((harvest) => bus.send(HarvestMentions, harvest, { signal })))
    return succeeded(due.length, `mentions of ${due.length} accounts asked for`)
  },
})
