export { aboutIds, contextKeeper, currentContext, idsOf, inContext, type Ids } from './context.ts'
export { isTracing, received, traced } from './spans.ts'
