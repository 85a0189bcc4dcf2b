import { TIMELINE_LAG_MS } from '../timing.ts'
import { siteFault } from './site-fault.ts'

/** Readings that lag, for as many as looking for one post may take. */
const READINGS = 8

/** A create whose answer is lost, and lists that do not show it yet: to be found it must be looked for after the lag. */
export const siteLags = siteFault('site_lags', [
  { kind: 'drop_response_after_create', count: 1 },
  { kind: 'timeline_lag', count: READINGS, delayMs: TIMELINE_LAG_MS },
])
