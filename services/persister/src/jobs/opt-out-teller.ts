import { type OptOut, optOutKey, TellOptOuts } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const PAGE = 1_000

/**
 * Tells a ledger that was born or reborn who wants no answers. It begins none before it has heard all of it: so an opt-out
 * outlives the ledger that knew it.
 */
export const optOutTeller = ({ database, bus, backlog }: JobPorts): Job => ({
  name: 'persister.opt_outs',
  everyMs: 1_000,
  timeoutMs: 60_000,
  async run({ signal, fence }) {
    // An opt-out that the lost ledger had heard may be among the facts that wait.
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const options = { signal, deadlineMs: CALL_MS }
    const untold = await database.rpc('untold_ledgers', {}, options)
    for (const { shard, ledgerId, wantedBy } of untold) {
      for (let after: string | null = null, last = false; !last; ) {
        const people: readonly OptOut[] = await database.rpc('opt_outs_after', { key: after, max_rows: PAGE }, options)
        last = people.length < PAGE
        await bus.send(TellOptOuts, { ledgerId, after, people: [...people], last }, { signal, shard })
        const final = people.at(-1)
        after = final === undefined ? after : optOutKey(final)
      }
      await database.rpc('ledger_told', { ...fence, of_shard: shard, wanting: wantedBy }, options)
    }
    return succeeded(untold.length, `${untold.length} ledgers told who wants no answers`)
  },
})
