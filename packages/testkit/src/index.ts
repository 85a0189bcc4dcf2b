export { eventually, type EventuallyOptions } from './eventually.ts'
export { isolate, type IsolatedEnvironment } from './isolate.ts'
export type { ProvidedStack } from './provided.ts'
export { temporaryFolder } from './temporary-folder.ts'
