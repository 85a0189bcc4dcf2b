export { connectLeases, type LeasesOptions } from './leases.ts'
export { relayLeases } from './relay.ts'
export * from './types.ts'
export { withLease } from './with-lease.ts'
