import { ALERTS, AlertCleared, AlertRaised, raised } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ROWS = 100
/** A person is reminded this often. */
const REPEAT_SECONDS = 86_400

/** Alerts of every account that answers people and does not carry the platform's label of an automated account. */
export const labelWatch = ({ database, bus, backlog }: JobPorts): Job => ({
  name: 'persister.labels',
  everyMs: 15_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const { raise, clear } = await database.rpc(
      'label_alerts',
      { ...fence, repeat_seconds: REPEAT_SECONDS, max_rows: MAX_ROWS },
      { signal, deadlineMs: CALL_MS },
    )
    const at = new Date().toISOString()
    await Promise.all([
      ...raise.map(({ key, handle, answers }) => {
        const meanwhile = answers === true ? 'Its answers go out all the same.' : 'Its answers wait until it does.'
        const what = `The profile of @${handle} does not say that the account is automated, and by whom. ${meanwhile}`
        return bus.emit(AlertRaised, { ...raised(ALERTS.accountUnlabelled, what), key }, { signal })
      }),
      ...clear.map((key) => bus.emit(AlertCleared, { at, key }, { signal })),
    ])
    return succeeded(
      raise.length + clear.length,
      `${raise.length} accounts without their label, ${clear.length} with it again`,
    )
  },
})
