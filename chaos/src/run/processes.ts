import { readdirSync, readFileSync } from 'node:fs'
import type { Stack } from '@surepost/stack'
import type { Services } from '../faults/types.ts'
import { until } from './until.ts'

/** After a kill it takes a moment until there are browsers again. */
const BROWSER_WITHIN_MS = 15_000
/** A killed process is gone at once; this is for a machine that is busy. */
const GONE_WITHIN_MS = 10_000
/** What a service depends on may be away for a minute by another fault, and coming up takes a while then. */
const READY_WITHIN_MS = 240_000
const AGAIN_MS = 500

interface Stat {
  readonly pid: number
  readonly parent: number
}

/** proc(5): the command's name may hold anything, so fields are counted from its last bracket. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return { pid, parent: Number(fields[1]) }
  } catch {
    return undefined
  }
}

const isBrowser = (pid: number): boolean => {
  try {
    // The whole line: Debian's chromium-headless-shell is a script, so its first word is a shell.
    return /chrom(e|ium)/u.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
  } catch {
    return false
  }
}

/** Browsers that are children of a process. */
const browsersOf = (parent: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter((stat) => stat.parent === parent && isBrowser(stat.pid))
    .map(({ pid }) => pid)

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** The services' processes, by what the stack says of them: only what it started is ever signalled. */
export const servicesOf = (stack: Pick<Stack, 'describe' | 'startPart'>, ends: AbortSignal): Services => {
  const find = async (name: string): Promise<number | undefined> =>
    (await stack.describe()).services.find((service) => service.name === name)?.pid
  const pidOf = async (name: string): Promise<number> => {
    const pid = await find(name)
    if (pid === undefined) throw new Error(`${name} does not run.`)
    return pid
  }
  return {
    kill: async (name) => {
      const pid = await pidOf(name)
      // Not the stack's own stop: that would end the children as well, which a real SIGKILL leaves to themselves.
      signal(pid, 'SIGKILL')
      const gone = async (): Promise<boolean> => (await find(name)) !== pid
      if (!(await until(gone, { withinMs: GONE_WITHIN_MS, everyMs: 20, signal: ends })))
        throw new Error(`${name} (${pid}) was killed and is still there.`)
    },
    freeze: async (name) => signal(await pidOf(name), 'SIGSTOP'),
    thaw: async (name) => {
      const pid = await find(name)
      if (pid !== undefined) signal(pid, 'SIGCONT')
    },
    start: async (name) => {
      const started = (): Promise<boolean> => stack.startPart(name).then(() => true)
      if (!(await until(started, { withinMs: READY_WITHIN_MS, everyMs: AGAIN_MS, signal: ends })))
        throw new Error(`${name} does not become ready again.`)
    },
    killBrowsers: async () => {
      let killed = 0
      const kill = async (): Promise<boolean> => {
        const browsers = browsersOf(await pidOf('browser-broker'))
        for (const pid of browsers) signal(pid, 'SIGKILL')
        killed = browsers.length
        return killed > 0
      }
      await until(kill, { withinMs: BROWSER_WITHIN_MS, everyMs: 100, signal: ends })
      return killed
    },
  }
}
