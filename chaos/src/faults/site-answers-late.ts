import { LATE_ANSWER_MS } from '../timing.ts'
import { siteFault } from './site-fault.ts'

/** The create takes effect, and is answered, seconds after it was sent. */
export const siteAnswersLate = siteFault('site_answers_late', [{ kind: 'delay', count: 1, delayMs: LATE_ANSWER_MS }])
