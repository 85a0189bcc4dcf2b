import { readFile, readdir } from 'node:fs/promises'

export interface Process {
  readonly pid: number
  readonly group: number
  readonly command: string
  readonly memoryMiB: number
}

const KIB_PER_MIB = 1_024

const read = (path: string): Promise<string> => readFile(path, 'latin1').catch(() => '')

/** Fields 3 and 5 of stat (proc(5)), counted from the end of the command's name, which may hold anything. */
const statOf = (stat: string): { readonly state: string; readonly group: number } => {
  const [state = '', , group = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state, group: Number(group) }
}

/** Living processes of the browsers whose folders are in `folder`: by the broker's mark in the environment, then by group. */
export const browserProcesses = async (folder: string): Promise<readonly Process[]> => {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const all = await Promise.all(
    ids.map(async (id) => ({
      pid: Number(id),
      marked: (await read(`/proc/${id}/environ`)).includes(`SUREPOST_BROWSER=${folder}/`),
      ...statOf(await read(`/proc/${id}/stat`)),
    })),
  )
  const living = all.filter(({ state }) => state !== '' && state !== 'Z' && state !== 'X')
  const groups = new Set(living.filter(({ marked }) => marked).map(({ group }) => group))
  const members = living.filter(({ group }) => groups.has(group))
  return Promise.all(
    members.map(async ({ pid, group }) => {
      const command = await read(`/proc/${pid}/cmdline`)
      return { pid, group, command, memoryMiB: await memoryMiB(pid) }
    }),
  )
}

/** Proportional share of memory; the resident set where the kernel does not tell it. */
export const memoryMiB = async (pid: number): Promise<number> => {
  const share = /^Pss:\s+(\d+)/m.exec(await read(`/proc/${pid}/smaps_rollup`))?.[1]
  const resident = /^VmRSS:\s+(\d+)/m.exec(await read(`/proc/${pid}/status`))?.[1]
  return Number(share ?? resident ?? 0) / KIB_PER_MIB
}
