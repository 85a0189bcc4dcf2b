import { chromiumKilled } from './chromium-killed.ts'
import { connectionsCut } from './connections-cut.ts'
import { connectionsSlowed } from './connections-slowed.ts'
import { deliveriesDuplicated } from './deliveries-duplicated.ts'
import { deliveriesReordered } from './deliveries-reordered.ts'
import { postgresStopped } from './postgres-stopped.ts'
import { postgrestKilled } from './postgrest-killed.ts'
import { rabbitmqKilled } from './rabbitmq-killed.ts'
import { rabbitmqMemoryAlarm } from './rabbitmq-memory-alarm.ts'
import { rabbitmqRestarted } from './rabbitmq-restarted.ts'
import { serviceFrozen } from './service-frozen.ts'
import { serviceKilled } from './service-killed.ts'
import { siteAnswersLate } from './site-answers-late.ts'
import { siteDropsAnswer } from './site-drops-answer.ts'
import { siteFailsAfter } from './site-fails-after.ts'
import { siteFailsBefore } from './site-fails-before.ts'
import { siteLags } from './site-lags.ts'
import { siteRateLimits } from './site-rate-limits.ts'
import { siteRejectsDuplicate } from './site-rejects-duplicate.ts'
import type { Fault } from './types.ts'

/** Every kind of fault there is. A new one is a file and a line. */
export const FAULT_KINDS: readonly Fault[] = [
  serviceKilled,
  serviceFrozen,
  rabbitmqKilled,
  rabbitmqRestarted,
  rabbitmqMemoryAlarm,
  postgresStopped,
  postgrestKilled,
  connectionsCut,
  connectionsSlowed,
  chromiumKilled,
  siteAnswersLate,
  siteDropsAnswer,
  siteFailsBefore,
  siteFailsAfter,
  siteRateLimits,
  siteRejectsDuplicate,
  siteLags,
  deliveriesDuplicated,
  deliveriesReordered,
]
