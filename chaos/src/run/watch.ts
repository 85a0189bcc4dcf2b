import type { Plan } from '../plan/types.ts'
import { segmentsIn } from '../plan/plan.ts'
import type { Clock } from './clock.ts'
import { nameOf, type Injector } from './injector.ts'
import type { Work } from './work.ts'
import type { World } from './world.ts'

export interface Watching {
  readonly plan: Plan
  readonly work: Work
  readonly injector: Injector
  readonly world: Pick<World, 'site' | 'records'>
  readonly clock: Clock
  readonly onProgress: (text: string) => void
}

const EVERY_MS = 5_000

/** `m:ss` */
export const stamp = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Tell every few seconds how far the run is. */
export const watchProgress = ({ plan, work, injector, world, clock, onProgress }: Watching) => {
  const handles = new Set(plan.accounts.map(({ handle }) => handle))
  let unrest: readonly string[] = []
  const tell = async (): Promise<void> => {
    const ledger = await world.site.ledger().catch(() => [])
    const live = ledger.filter(({ handle }) => handles.has(handle)).length
    const recorded = await world.records.platformIds().then(
      (ids) => String(ids.size),
      () => '?',
    )
    const faults = injector.active.map(nameOf)
    const parts = [
      stamp(clock.now),
      `submitted ${work.expected.length}/${plan.work.length}`,
      `live ${live}/${segmentsIn(plan)}`,
      `recorded ${recorded}`,
      `faults ${injector.begun}/${plan.faults.length}${faults.length > 0 ? ` (${faults.join(', ')})` : ''}`,
      ...(unrest.length > 0 ? [`waiting: ${unrest.join(', ')}`] : []),
    ]
    onProgress(parts.join('  '))
  }
  const timer = setInterval(() => void tell(), EVERY_MS)
  return {
    unrest: (left: readonly string[]): void => {
      unrest = left
    },
    stop: () => clearInterval(timer),
  }
}
