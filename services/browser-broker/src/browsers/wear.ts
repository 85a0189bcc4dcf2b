/** How long one browser is kept for its account, between leases that ended cleanly. */
export interface KeepLimits {
  /** Leases that one browser serves; 1 keeps none. */
  readonly uses: number
  readonly ageMs: number
  /** Without a lease. */
  readonly idleMs: number
  /** Memory of its whole process group, empty. */
  readonly memoryMiB: number
}

export type Wear = { readonly [Limit in keyof KeepLimits]: number }

/** What a browser has been through. */
export interface Past {
  readonly uses: number
  readonly startedAt: number
  /** Since when it has had no lease; null while it has one. */
  readonly idleSince: number | null
}

export const wearOf = ({ uses, startedAt, idleSince }: Past, now: number, memoryMiB = 0): Wear => ({
  uses,
  ageMs: now - startedAt,
  idleMs: now - (idleSince ?? now),
  memoryMiB,
})

const LIMITS = ['uses', 'ageMs', 'idleMs', 'memoryMiB'] as const

/** The limit by which a browser is worn out, or null: then it may be kept. */
export const wornBy = (wear: Wear, limits: KeepLimits): keyof KeepLimits | null =>
  LIMITS.find((limit) => wear[limit] >= limits[limit]) ?? null
