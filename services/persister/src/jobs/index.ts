import { attentionReminder } from './attention.ts'
import { auditScheduler } from './audit-scheduler.ts'
import { checkScheduler } from './check-scheduler.ts'
import { deadLetterWatch } from './dead-letter-watch.ts'
import { dueWatch } from './due-watch.ts'
import { dispatcher } from './dispatcher.ts'
import { failingJobs } from './failing-jobs.ts'
import { harvestScheduler } from './harvest-scheduler.ts'
import { housekeeping } from './housekeeping.ts'
import type { Job } from './job.ts'
import { labelWatch } from './label-watch.ts'
import { missedMarker } from './missed-marker.ts'
import { optOutTeller } from './opt-out-teller.ts'
import type { JobPorts } from './ports.ts'
import { replyScheduler } from './reply-scheduler.ts'
import { watchdog } from './watchdog.ts'

/** Every job of the persister. @param others what else beats by the clock, and is watched with them */
export const allJobs = (ports: JobPorts, others: readonly string[] = []): readonly Job[] => {
  const jobs = [
    dispatcher,
    checkScheduler,
    auditScheduler,
    harvestScheduler,
    replyScheduler,
    optOutTeller,
    labelWatch,
    missedMarker,
    attentionReminder,
    deadLetterWatch,
    failingJobs,
    dueWatch,
    housekeeping,
  ].map((job) => job(ports))
  return [...jobs, watchdog(ports, [...jobs.map(({ name }) => name), ...others])]
}
