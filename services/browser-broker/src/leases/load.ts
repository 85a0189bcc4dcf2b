import { readFile } from 'node:fs/promises'
import type { Load } from './admission.ts'

const MIB = 1_048_576
const KIB_PER_MIB = 1_024

/** The container's own pressure first (cgroup v2), then the machine's (proc(5), pressure). */
const CPU_PRESSURE = ['/sys/fs/cgroup/cpu.pressure', '/proc/pressure/cpu']
/** Limit and use of a container's memory: cgroup v2, v1. */
const MEMORY_OF_GROUP = [
  ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current', '/sys/fs/cgroup/memory.stat'],
  [
    '/sys/fs/cgroup/memory/memory.limit_in_bytes',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes',
    '/sys/fs/cgroup/memory/memory.stat',
  ],
] as const

const numberIn = (text: string, pattern: RegExp): number | null => {
  const [, value] = pattern.exec(text) ?? []
  return value === undefined ? null : Number(value)
}

export const cpuPercentIn = (pressure: string): number | null => numberIn(pressure, /^some avg10=([\d.]+)/m)

/** @param meminfo /proc/meminfo */
export const availableMiBIn = (meminfo: string): number | null => {
  const kib = numberIn(meminfo, /^MemAvailable:\s+(\d+) kB/m)
  return kib === null ? null : kib / KIB_PER_MIB
}

/** What a container may still take: cached files give way first, so they count as free. `max` means no limit. */
export const freeOfGroupMiB = (limit: string, use: string, stat: string): number | null => {
  const [most, used] = [numberIn(limit, /^(\d+)/), numberIn(use, /^(\d+)/)]
  const cached = numberIn(stat, /^(?:total_)?inactive_file (\d+)/m) ?? 0
  return most === null || used === null ? null : (most - used + cached) / MIB
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

const firstKnown = async <T>(asked: readonly Promise<T | null>[]): Promise<T | null> =>
  (await Promise.all(asked)).find((value) => value !== null) ?? null

/** Read the load from /proc and the control group. What is not there is null. */
export const readLoad = async (): Promise<Load> => {
  const groups = MEMORY_OF_GROUP.map(async (paths) => {
    const [limit = '', use = '', stat = ''] = await Promise.all(paths.map(textOf))
    return freeOfGroupMiB(limit, use, stat)
  })
  const free = await Promise.all([textOf('/proc/meminfo').then(availableMiBIn), firstKnown(groups)])
  const known = free.filter((value) => value !== null)
  return {
    cpuPercent: await firstKnown(CPU_PRESSURE.map(async (path) => cpuPercentIn(await textOf(path)))),
    memoryFreeMiB: known.length === 0 ? null : Math.round(Math.min(...known)),
  }
}
