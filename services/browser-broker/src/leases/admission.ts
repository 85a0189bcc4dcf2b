/** What the machine bears now; null where it does not say. */
export interface Load {
  /** Share of the last 10 s in which something waited for a processor (`some avg10` of PSI), in percent. */
  readonly cpuPercent: number | null
  /** Memory that can be had without swapping, on the machine and in this container. */
  readonly memoryFreeMiB: number | null
}

/** Between the two bounds of each pair nothing changes: background work does not start and stop with every reading. */
export interface AdmissionLimits {
  readonly cpuPercent: { readonly narrow: number; readonly widen: number }
  readonly memoryFreeMiB: { readonly stop: number; readonly resume: number }
}

export interface Admission {
  readonly cpu: 'wide' | 'narrow'
  readonly memory: 'free' | 'short'
}

export const OPEN: Admission = { cpu: 'wide', memory: 'free' }

/**
 * Whether background work is held back, after one more reading. Busy processors make it go one at a time, since the load may
 * be somebody else's and last for ever; short memory stops it, since a browser too many ends them all.
 */
export const nextAdmission = (before: Admission, load: Load, limits: AdmissionLimits): Admission => {
  const { narrow, widen } = limits.cpuPercent
  const { stop, resume } = limits.memoryFreeMiB
  const cpu = load.cpuPercent ?? 0
  const free = load.memoryFreeMiB ?? Infinity
  return {
    cpu: cpu >= (before.cpu === 'wide' ? narrow : widen) ? 'narrow' : 'wide',
    memory: free < (before.memory === 'free' ? stop : resume) ? 'short' : 'free',
  }
}

/** Background leases at once, at most. */
export const mostBackground = ({ cpu, memory }: Admission): number => {
  if (memory === 'short') return 0
  return cpu === 'narrow' ? 1 : Infinity
}
