import { readFile, readdir } from 'node:fs/promises'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly line: string
}

const processes = async (): Promise<readonly Process[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const [stat, line] = await Promise.all([
          readFile(`/proc/${pid}/stat`, 'utf8'),
          readFile(`/proc/${pid}/cmdline`, 'utf8'),
        ])
        // The name in parentheses may hold anything; the parent is the second field after it.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return { pid: Number(pid), parent, line }
      } catch {
        return undefined // it ended while we looked
      }
    }),
  )
  return found.filter((one) => one !== undefined)
}

/** Kill one of the pages (Chromium's renderer processes) below the broker. @returns whether there was one */
export const killPage = async (brokerPid: number, random: () => number): Promise<boolean> => {
  const all = await processes()
  const below = new Set([brokerPid])
  for (let size = 0; size !== below.size; ) {
    size = below.size
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid)
  }
  const pages = all.filter(({ pid, line }) => below.has(pid) && line.includes('--type=renderer'))
  const page = pages[Math.floor(random() * pages.length)]
  if (page === undefined) return false
  try {
    process.kill(page.pid, 'SIGKILL')
    return true
  } catch {
    return false // it ended by itself
  }
}
