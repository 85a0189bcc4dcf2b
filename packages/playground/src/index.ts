export { createPlayground, type Playground, type PlaygroundOptions } from './playground.ts'
export type { FaultKind, FaultRequest } from './faults/catalog.ts'
export type { LedgerEntry } from './http/ledger.ts'
