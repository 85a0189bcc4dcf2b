import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '@surepost/shared/errors'
import type { Broker } from '../clients/broker.ts'
import type { Fault, FaultContext, Injection } from '../faults/types.ts'
import type { FaultRecord } from '../judge/faults.ts'
import type { PlannedFault } from '../plan/types.ts'
import type { Clock } from './clock.ts'
import type { Pace } from './pace.ts'
import type { Recoveries } from './recovery.ts'
import { until } from './until.ts'

export interface InjectorPorts {
  readonly faults: readonly PlannedFault[]
  readonly catalog: readonly Fault[]
  readonly context: FaultContext
  readonly broker: Pick<Broker, 'isActing'>
  readonly recoveries: Recoveries
  readonly clock: Clock
  readonly pace: Pick<Pace, 'begun' | 'allowsFault'>
  readonly onChange: (text: string) => void
}

/** The faults of a run, as they are planted. */
export interface Injector {
  /** Those in force at this moment. */
  readonly active: readonly PlannedFault[]
  readonly begun: number
  /** Resolves when all of them are healed. */
  readonly done: Promise<void>
  /** What became of each; to be asked when all is quiet, since a fault of the site may strike late. */
  records(): Promise<readonly FaultRecord[]>
}

/** How long a fault waits for an action in flight. Then it strikes what there is, and that is what is recorded. */
const ACTION_WITHIN_MS = 8_000
const LOOK_EVERY_MS = 200

interface Struck {
  readonly planned: PlannedFault
  readonly at: number
  readonly acting: boolean
  readonly injection: Injection | null
  readonly note: string | null
  readonly recovered: Promise<number | null>
}

const faultOf = (catalog: readonly Fault[], { kind }: PlannedFault): Fault => {
  const fault = catalog.find((one) => one.kind === kind)
  if (fault === undefined) throw new TypeError(`There is no fault ${kind}.`)
  return fault
}

/** What is going on, for whoever watches. */
interface Progress {
  readonly active: Set<PlannedFault>
  begun: number
}

/** Plant every fault at its time; those of one group one after the other. */
export const startFaults = (ports: InjectorPorts): Injector => {
  const progress: Progress = { active: new Set(), begun: 0 }
  const struck: Struck[] = []
  const groups = new Map<string, Promise<void>>()
  const one = async (planned: PlannedFault): Promise<void> => {
    await ports.clock.until(planned.at, ports.context.signal)
    await ports.pace.allowsFault(planned.at, ports.context.signal)
    const before = groups.get(planned.group)
    const turn = async (): Promise<void> => {
      await before
      if (!ports.context.signal.aborted) struck.push(await strike(ports, planned, progress))
    }
    const taken = turn()
    groups.set(planned.group, taken)
    await taken
  }
  return {
    get active() {
      return [...progress.active]
    },
    get begun() {
      return progress.begun
    },
    done: Promise.all(ports.faults.map(one)).then(() => undefined),
    records: () => Promise.all(struck.map((it) => recordOf(ports, it))),
  }
}

const strike = async (ports: InjectorPorts, planned: PlannedFault, progress: Progress): Promise<Struck> => {
  const { context, broker, clock, pace, onChange } = ports
  const fault = faultOf(ports.catalog, planned)
  const acting = (): Promise<boolean> => broker.isActing().catch(() => false)
  if (planned.inFlight && !fault.strikesCreates)
    await until(acting, { withinMs: ACTION_WITHIN_MS, everyMs: LOOK_EVERY_MS, signal: context.signal }).catch(
      () => false,
    )
  const seen = await acting()
  const at = clock.now
  progress.active.add(planned)
  progress.begun += 1
  pace.begun(planned)
  onChange(`fault ${planned.n}: ${nameOf(planned)}${seen ? ', an action is in flight' : ''}`)
  let injection: Injection | null = null
  let note: string | null = null
  try {
    injection = await fault.inject(context, planned)
    if (planned.holdMs > 0) await delay(planned.holdMs, undefined, { signal: context.signal }).catch(() => undefined)
  } catch (error) {
    note = messageOf(error)
  }
  const recovered = ports.recoveries.measure(fault.recovery, context.signal)
  try {
    await injection?.heal()
  } catch (error) {
    note = `not healed: ${messageOf(error)}`
  }
  progress.active.delete(planned)
  if (note !== null) onChange(`fault ${planned.n}: ${nameOf(planned)}: ${note}`)
  return { planned, at, acting: seen, injection, note, recovered }
}

/** What a person reads. */
export const nameOf = ({ kind, target, holdMs }: PlannedFault): string =>
  `${kind}${target === null ? '' : ` ${target}`}${holdMs > 0 ? ` for ${(holdMs / 1_000).toFixed(1)} s` : ''}`

const recordOf = async ({ catalog }: InjectorPorts, it: Struck): Promise<FaultRecord> => {
  const { planned, at, acting, injection, note } = it
  const happened = (await injection?.happened().catch(() => false)) ?? false
  // What strikes creates strikes an action by its nature, when it strikes at all.
  const inFlight = faultOf(catalog, planned).strikesCreates ? happened : (injection?.struckAction ?? acting)
  const recoverySeconds = await it.recovered
  return { n: planned.n, kind: planned.kind, target: planned.target, at, happened, inFlight, recoverySeconds, note }
}
