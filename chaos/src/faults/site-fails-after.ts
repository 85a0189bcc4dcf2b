import { siteFault } from './site-fault.ts'

/** 503 after the create took effect: the same answer as before it. */
export const siteFailsAfter = siteFault('site_fails_after', [{ kind: 'error_after_create', count: 1 }])
