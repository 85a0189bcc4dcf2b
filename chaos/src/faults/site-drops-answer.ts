import { siteFault } from './site-fault.ts'

/** The create takes effect, and the connection is cut before its answer. */
export const siteDropsAnswer = siteFault('site_drops_answer', [{ kind: 'drop_response_after_create', count: 1 }])
