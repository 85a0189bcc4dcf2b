import { RATE_LIMIT_MS } from '../timing.ts'
import { siteFault } from './site-fault.ts'

/** 429 with the time at which the window ends. */
export const siteRateLimits = siteFault('site_rate_limits', [{ kind: 'rate_limit', count: 1, delayMs: RATE_LIMIT_MS }])
