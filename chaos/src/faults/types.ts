import type { KindOfFault, PlannedFault } from '../plan/types.ts'

/** A connection that goes through a proxy of the run. */
export type LinkName = 'amqp' | 'database' | 'leases'

export interface Link {
  /** Connections that are open. */
  readonly connections: number
  /** Cut every connection and refuse new ones. @returns how many were cut */
  cut(): number
  /** Take this many milliseconds longer for every piece of data, each way. */
  slow(ms: number): void
  /** As usual again. */
  restore(): void
  /** Pieces of data that were held up since the last `slow`. */
  readonly heldUp: number
}

/** The processes of the services: signals go to the very process, and to nothing else. */
export interface Services {
  /** SIGKILL, and wait until it is gone. @throws Error when it does not run */
  kill(name: string): Promise<void>
  /** SIGSTOP. @throws Error when it does not run */
  freeze(name: string): Promise<void>
  /** SIGCONT; a process that is gone meanwhile is no error. */
  thaw(name: string): Promise<void>
  /** Start it again and wait until it is ready, however long what it depends on is away. */
  start(name: string): Promise<void>
  /** SIGKILL every browser of the broker; waits for one where there is none. @returns how many were killed */
  killBrowsers(): Promise<number>
}

/** RabbitMQ, Postgres, PostgREST: stopped and started by the stack. */
export interface Dependencies {
  stop(name: 'rabbitmq' | 'postgres' | 'postgrest', options: { readonly hard: boolean }): Promise<void>
  start(name: 'rabbitmq' | 'postgres' | 'postgrest'): Promise<void>
  raiseMemoryAlarm(): Promise<void>
  clearMemoryAlarm(): Promise<void>
}

export interface SiteFault {
  readonly kind: string
  readonly count?: number
  readonly delayMs?: number
  readonly matching?: string
}

/** The playground's faults on demand. */
export interface Site {
  /** @returns a number to ask for it by */
  plant(fault: SiteFault): Promise<number>
  /** How often it has struck; a fault that is used up has struck as often as it was to. */
  hasStruck(id: number): Promise<boolean>
}

/** Deliveries that RabbitMQ may repeat and put in another order at any time. */
export interface Deliveries {
  /** Send `post.publish` of posts in work or done again. @returns how many were confirmed */
  repeatCommands(most: number, copies: number): Promise<number>
  /** Publish recorded facts again, shuffled by `seed`. @returns how many were confirmed */
  repeatFacts(most: number, seed: number): Promise<number>
}

export interface FaultContext {
  readonly services: Services
  readonly dependencies: Dependencies
  readonly links: Readonly<Record<LinkName, Link>>
  readonly site: Site
  readonly deliveries: Deliveries
  /** Aborted when the run ends. */
  readonly signal: AbortSignal
}

/** A fault that was planted. */
export interface Injection {
  /** End it; whatever it stopped is started and ready. */
  heal(): Promise<void>
  /** Whether it did what its kind says, as far as can be observed. Asked after `heal`, and once more at the run's end. */
  happened(): Promise<boolean>
  /** Whether it struck an action in flight, where it saw that better than who looked before it. */
  readonly struckAction?: boolean
}

/** By what one sees that work goes on after a fault: a new post on the site, or a new fact in the database. */
export type Recovery = 'publishing' | 'recording'

/** One kind of fault: what a plan must know of it, and how it is done. */
export interface Fault extends KindOfFault {
  readonly recovery: Recovery
  inject(context: FaultContext, planned: PlannedFault): Promise<Injection>
}

export const certainly = async (): Promise<boolean> => true
export const nothingToHeal = async (): Promise<void> => undefined

/** What a planned fault strikes. @throws TypeError for one that should have a target and has none */
export const targetOf = ({ kind, target }: PlannedFault): string => {
  if (target === null) throw new TypeError(`The fault ${kind} needs a target.`)
  return target
}
