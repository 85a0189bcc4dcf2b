export { startStack, type Stack, type StackOptions } from './client.ts'
export {
  controlAt,
  type Control,
  type ControlAddress,
  type IsolateAnswer,
  type ServicesRequest,
  type StackDescription,
  type SystemDescription,
} from './control-client.ts'
export { DEPENDENCY_NAMES, type DependencyName } from './dependencies/dependency.ts'
export type { Endpoints } from './endpoints.ts'
export { StackError } from './errors.ts'
export { PROJECT_ROOT } from './root.ts'
export { findChromium } from './system/find.ts'
export { ensurePromtool } from './system/promtool.ts'
export { ensureInstalled, type InstallOptions } from './system/install.ts'
export { findStack, stopStack, type Stopped } from './down.ts'
