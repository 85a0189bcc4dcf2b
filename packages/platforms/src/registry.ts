import type { PlatformName } from '@surepost/shared/contracts'
import type { PlatformAdapter } from './platform.ts'
import { type XOptions, xAdapter } from './x/adapter.ts'

/** What an adapter is made with: where its platform is. */
export type PlatformOptions = XOptions

/** One adapter per network; a new network is one more line. */
const ADAPTERS: Readonly<Record<PlatformName, (options: PlatformOptions) => PlatformAdapter>> = { x: xAdapter }

/** The adapter of a network, whatever way it reaches it. */
export const platformFor = (name: PlatformName, options: PlatformOptions): PlatformAdapter => ADAPTERS[name](options)
