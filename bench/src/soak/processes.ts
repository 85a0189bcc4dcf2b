import { readFile, readdir } from 'node:fs/promises'
import { memoryMiB } from '../pool/processes.ts'

/** What a part of the stack takes: its process and all below it, but for what is a part of its own. */
export interface Taken {
  readonly memoryMiB: number
  /** Open file descriptors. */
  readonly handles: number
}

interface Found {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Fields 3 and 4 of stat (proc(5)), counted from the end of the command's name. */
const foundOf = async (pid: number): Promise<Found | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    const [state = 'X', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = (await readFile(`/proc/${pid}/cmdline`, 'latin1')).replaceAll('\0', ' ')
    return 'ZX'.includes(state) ? undefined : { pid, parent: Number(parent), command }
  } catch {
    // Ended meanwhile.
    return undefined
  }
}

/** How a process that is no service is named: by its program. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/--type=|chrom/u, 'browsers'],
  [/^postgres|\/postgres /u, 'postgres'],
  [/postgrest/u, 'postgrest'],
  [/beam\.smp|rabbitmq|erl_child_setup|inet_gethost/u, 'rabbitmq'],
  [/supervisor\/main\.ts/u, 'supervisor'],
]

const programOf = (command: string): string => PROGRAMS.find(([pattern]) => pattern.test(command))?.[1] ?? 'others'

/** All that this process has started, however deep. */
const descendants = async (): Promise<readonly Found[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number)
  const all = (await Promise.all(pids.map(foundOf))).filter((found) => found !== undefined)
  const children = Map.groupBy(all, ({ parent }) => parent)
  const below = (pid: number): readonly Found[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child.pid)])
  return below(process.pid)
}

const handlesOf = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`).catch(() => [])).length

export interface Snapshot {
  /** By the name of the service or program. */
  readonly parts: ReadonlyMap<string, Taken>
  /** Pages of browsers: their processes. */
  readonly contexts: number
}

/** @param services name by process id */
export const lookAtProcesses = async (services: ReadonlyMap<number, string>): Promise<Snapshot> => {
  const found = await descendants()
  const parts = new Map<string, Taken>()
  for (const { pid, command } of found) {
    const name = services.get(pid) ?? programOf(command)
    const sum = parts.get(name) ?? { memoryMiB: 0, handles: 0 }
    const [memory, handles] = await Promise.all([memoryMiB(pid), handlesOf(pid)])
    parts.set(name, { memoryMiB: sum.memoryMiB + memory, handles: sum.handles + handles })
  }
  return { parts, contexts: found.filter(({ command }) => command.includes('--type=renderer')).length }
}
