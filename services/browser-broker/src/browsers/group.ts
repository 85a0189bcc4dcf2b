import { readFileSync, readdirSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'

/** Signal a whole process group; a group that is gone is no error. */
export const killGroup = (pgid: number): void => {
  try {
    process.kill(-pgid, 'SIGKILL')
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ESRCH'

/**
 * True when no process of the group can do anything any more. A zombie cannot: where nobody reaps orphans (a container
 * without an init) the group would otherwise never end.
 */
export const groupIsGone = (pgid: number): boolean => {
  try {
    process.kill(-pgid, 0)
  } catch (error) {
    return isGone(error)
  }
  const states = statesOfGroup(pgid)
  return states !== undefined && states.every((state) => state === 'Z' || state === 'X')
}

/** States of the group's processes (proc(5), fields 3 and 5 of stat); undefined where there is no /proc. */
const statesOfGroup = (pgid: number): string[] | undefined => {
  let ids: string[]
  try {
    ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return undefined
  }
  return ids.flatMap((id) => {
    try {
      const { state, group } = parseStat(readFileSync(`/proc/${id}/stat`, 'latin1'))
      return group === pgid ? [state] : []
    } catch {
      return []
    }
  })
}

/** The command's name may hold anything, parentheses included: fields are counted from its last one. */
export const parseStat = (stat: string): { readonly state: string; readonly group: number } => {
  const [state = '', , group = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state, group: Number(group) }
}

/** Processes of a group, zombies included. */
export const membersOf = async (pgid: number): Promise<number[]> => {
  const ids = (await readdir('/proc').catch(() => [])).filter((id) => /^\d+$/.test(id))
  const members = await Promise.all(
    ids.map(async (id) => {
      const stat = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '')
      return parseStat(stat).group === pgid ? [Number(id)] : []
    }),
  )
  return members.flat()
}

export interface MarkedProcess {
  readonly pid: number
  readonly group: number
}

/** Living processes whose environment names a folder inside this one: browsers of ours, whoever is their parent by now. */
export const processesOf = async (folder: string): Promise<MarkedProcess[]> => {
  const ids = await readdir('/proc').catch(() => [])
  const found = await Promise.all(
    ids
      .filter((id) => /^\d+$/.test(id) && Number(id) !== process.pid)
      .map(async (id): Promise<MarkedProcess | undefined> => {
        try {
          const environment = await readFile(`/proc/${id}/environ`, 'latin1')
          if (!environment.includes(`${BROWSER_MARK}=${folder}/`)) return undefined
          const { state, group } = parseStat(await readFile(`/proc/${id}/stat`, 'latin1'))
          return state === 'Z' || state === 'X' ? undefined : { pid: Number(id), group }
        } catch {
          // Ended meanwhile, or another user's.
          return undefined
        }
      }),
  )
  return found.filter((p) => p !== undefined)
}

/** Environment variable by which a browser's processes are known to be ours: its value is the browser's folder. */
export const BROWSER_MARK = 'SUREPOST_BROWSER'
