import { readFileSync, readdirSync } from 'node:fs'
import { eventually, type IsolatedEnvironment } from '@surepost/testkit'

/** One service of the stage: a process that can be killed, frozen and started. */
export interface ServiceProcess {
  /** SIGKILL to the process alone, as the kernel or a node's death does it; resolves when it is gone. */
  kill(): Promise<void>
  /** Start it again and wait until it is ready. */
  start(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
}

const pidOf = async (env: IsolatedEnvironment, name: string): Promise<number | undefined> =>
  (await env.startServices({ only: [] })).services.find((service) => service.name === name)?.pid

/** A service of an isolate, by its name; the second replica of a poster is `poster-2`. */
export const serviceProcess = (env: IsolatedEnvironment, name: string): ServiceProcess => {
  const signal = async (what: NodeJS.Signals): Promise<number> => {
    const pid = await pidOf(env, name)
    if (pid === undefined) throw new Error(`${name} does not run.`)
    process.kill(pid, what)
    return pid
  }
  return {
    kill: async () => {
      const pid = await signal('SIGKILL')
      await eventually(async () => (await pidOf(env, name)) !== pid)
    },
    start: () => env.startService(name),
    freeze: async () => void (await signal('SIGSTOP')),
    thaw: async () => void (await signal('SIGCONT')),
  }
}

interface Found {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly command: string
}

/** Living processes (proc(5), fields 3 to 5 of stat, counted from the last bracket of the name). */
const processes = (): readonly Found[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name): readonly Found[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
        const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1')
        return 'ZX'.includes(state)
          ? []
          : [{ pid: Number(name), parent: Number(parent), group: Number(group), command }]
      } catch {
        // Ended meanwhile.
        return []
      }
    })

/**
 * SIGKILL the browsers of the isolate's broker, or only their renderers (a page's crash). The spare goes with them.
 * @returns how many processes were killed
 */
export const killBrowsers = async (env: IsolatedEnvironment, what: 'whole' | 'renderers'): Promise<number> => {
  const broker = await pidOf(env, 'browser-broker')
  const all = processes()
  const roots = all.filter(({ parent, command }) => parent === broker && /chrom/u.test(command))
  const groups = new Set(roots.map(({ pid }) => pid))
  const renderers = all.filter(({ group, command }) => groups.has(group) && command.includes('--type=renderer'))
  const targets = what === 'whole' ? roots : renderers
  for (const { pid } of targets) process.kill(pid, 'SIGKILL')
  return targets.length
}
