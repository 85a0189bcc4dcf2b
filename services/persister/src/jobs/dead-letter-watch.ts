import { ALERTS, AlertCleared, AlertRaised, cleared, raised as raisedOf } from '@surepost/shared/contracts'
import { type DeadLetterCount, deadLetterAlert } from '@surepost/shared/messaging'
import { lapsingGauge } from '@surepost/shared/runtime'
import { type Job, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

/**
 * Nothing stays in a dead queue without an alert, and no alert stays without a letter: RabbitMQ itself parks what came
 * back too often and tells nobody, and whoever empties a queue with other tools clears nothing.
 */
const gauged = lapsingGauge('surepost_dead_letters', 'Messages that could not be handled.', ['queue'], 60_000)

export const deadLetterWatch = ({ database, bus, backlog }: JobPorts): Job => ({
  name: 'persister.dead-letters',
  everyMs: 15_000,
  timeoutMs: 30_000,
  async run({ signal }) {
    const counts = await bus.deadLetters()
    const active = await database.read(
      'the alerts of dead letters',
      (client) => client.from('alerts').select('key').eq('active', true).like('key', 'dead-letters:%'),
      { signal, deadlineMs: CALL_MS },
    )
    // What was raised a moment ago may be among the facts that wait.
    const known = backlog.behind() === undefined
    const { unsaid, over } = differencesOf(counts, new Set(active.map(({ key }) => key)))
    const raised = known ? unsaid : []
    await Promise.all([
      ...raised.map(({ queue, messages }) =>
        bus.emit(
          AlertRaised,
          raisedOf(ALERTS.deadLetters, `${messages} messages of ${queue} are dead letters.`, queue),
          { signal },
        ),
      ),
      ...over.map(({ queue }) => bus.emit(AlertCleared, cleared(ALERTS.deadLetters, queue), { signal })),
    ])
    gauged.setAll(counts.map(({ queue, messages }) => [{ queue }, messages]))
    const letters = counts.reduce((sum, { messages }) => sum + messages, 0)
    return succeeded(
      raised.length + over.length,
      `${letters} dead letters, ${raised.length} alerts raised, ${over.length} cleared`,
    )
  },
})

/** Queues with letters and no alert, and those with an alert and no letter. */
const differencesOf = (
  counts: readonly DeadLetterCount[],
  active: ReadonlySet<string>,
): { readonly unsaid: readonly DeadLetterCount[]; readonly over: readonly DeadLetterCount[] } => ({
  unsaid: counts.filter(({ queue, messages }) => messages > 0 && !active.has(deadLetterAlert(queue))),
  over: counts.filter(({ queue, messages }) => messages === 0 && active.has(deadLetterAlert(queue))),
})
