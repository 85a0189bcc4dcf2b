import { siteFault } from './site-fault.ts'

/** "Status is a duplicate" of a text that is not there: only looking can tell, and then it is created. */
export const siteRejectsDuplicate = siteFault('site_rejects_duplicate', [{ kind: 'duplicate', count: 1 }])
