import { until } from '../run/until.ts'
import { nothingToHeal, type Fault, type FaultContext, type Injection, type Recovery, type SiteFault } from './types.ts'

/**
 * How long a planted fault may wait for the create that it strikes, before the next of its group is planted. Long, since
 * of two that strike the same create the site carries out one only.
 */
const STRIKES_WITHIN_MS = 120_000

/** Plant faults on the site and wait until the first has struck; one that strikes later is seen at the run's end. */
export const plantOnSite = async (
  { site, signal }: Pick<FaultContext, 'site' | 'signal'>,
  faults: readonly [SiteFault, ...SiteFault[]],
): Promise<Injection> => {
  const [first, ...others] = faults
  const id = await site.plant(first)
  for (const other of others) await site.plant(other)
  const happened = (): Promise<boolean> => site.hasStruck(id)
  await until(happened, { withinMs: STRIKES_WITHIN_MS, everyMs: 100, signal })
  return { heal: nothingToHeal, happened }
}

/** A kind of fault of the site: it strikes the next create, whoever's that is. */
export const siteFault = (
  kind: string,
  faults: readonly [SiteFault, ...SiteFault[]],
  recovery: Recovery = 'publishing',
): Fault => ({
  kind,
  targets: [],
  holdMs: { least: 0, most: 0 },
  // One at a time: two that strike the same create would hide each other.
  group: 'site',
  groupPerTarget: false,
  strikesCreates: true,
  recovery,
  inject: (context) => plantOnSite(context, faults),
})
