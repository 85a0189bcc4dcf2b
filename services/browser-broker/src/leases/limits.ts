import { z } from 'zod'

const ms = z.int().min(0).max(2_147_483_647)
const percent = z.number().min(0).max(101)
const mib = z.int().min(0).max(100_000_000)

/** All limits that may change while the broker runs. Milliseconds and MiB. */
export const BrokerLimits = z.strictObject({
  /** Leases at once, kept browsers included. */
  slots: z.int().min(2).max(100),
  /** An offer that is not claimed within this is closed. */
  claimMs: ms.min(100),
  /** Reads of one account at once, alone and beside its `act` lease. */
  readsPerAccount: z.strictObject({ alone: z.int().min(1).max(100), besideAct: z.int().min(0).max(100) }),
  /** Which head start a person's read has before background reads; beyond it the longer wait goes first. */
  interactiveHeadStartMs: ms,
  /** An `act` request that waits longer than this for a slot has the youngest background lease asked to end early. */
  yieldAfterMs: ms,
  /** See `KeepLimits`. */
  keep: z.strictObject({ uses: z.int().min(1), ageMs: ms, idleMs: ms, memoryMiB: mib }),
  /** See `AdmissionLimits`. */
  admission: z.strictObject({
    cpuPercent: z
      .strictObject({ narrow: percent, widen: percent })
      .refine(({ narrow, widen }) => widen <= narrow, { message: 'must have widen at or below narrow' }),
    memoryFreeMiB: z
      .strictObject({ stop: mib, resume: mib })
      .refine(({ stop, resume }) => resume >= stop, { message: 'must have resume at or above stop' }),
  }),
})
export type BrokerLimits = z.output<typeof BrokerLimits>

export type Changed = { readonly limits: BrokerLimits } | { readonly refused: readonly string[] }

export interface LimitsStore {
  readonly current: BrokerLimits
  /** Replace what `patch` names, at any depth, and leave the rest; all of it or nothing. */
  change(patch: unknown): Changed
  /** Called after every change. */
  onChanged(listener: () => void): void
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merged = (base: unknown, patch: unknown): unknown =>
  isRecord(base) && isRecord(patch)
    ? { ...base, ...Object.fromEntries(Object.entries(patch).map(([key, value]) => [key, merged(base[key], value)])) }
    : patch

const sentence = ({ path, message }: z.core.$ZodIssue): string => `${path.join('.') || 'The body'}: ${message}`

export const openLimits = (first: BrokerLimits): LimitsStore => {
  let current = first
  const listeners: (() => void)[] = []
  return {
    get current() {
      return current
    },
    change(patch) {
      if (!isRecord(patch)) return { refused: ['The body: must be an object of limits'] }
      const wanted = BrokerLimits.safeParse(merged(current, patch))
      if (!wanted.success) return { refused: wanted.error.issues.map(sentence) }
      current = wanted.data
      for (const listener of listeners) listener()
      return { limits: current }
    },
    onChanged: (listener) => void listeners.push(listener),
  }
}
