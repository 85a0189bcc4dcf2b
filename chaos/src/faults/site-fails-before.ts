import { siteFault } from './site-fault.ts'

/** 503 instead of the create. */
export const siteFailsBefore = siteFault('site_fails_before', [{ kind: 'error_before_create', count: 1 }])
