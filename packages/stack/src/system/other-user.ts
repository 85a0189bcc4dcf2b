import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StackError } from '../errors.ts'
import { findCommand } from './find.ts'

/** `nobody` of Debian, Ubuntu and Alpine: there on every machine, so no user has to be made. */
const NOBODY = { uid: 65_534, gid: 65_534 }

interface OtherUser {
  readonly command: string
  readonly args: readonly string[]
  /** Who `spawn` must make it. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Who must own what it writes. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/**
 * How to run a program that refuses root. For a plain user: as it is. For root: as `nobody`; where `nobody` may not
 * enter a folder on the way to what the program needs (a clone below /root), with the one capability that lets it.
 * @param paths what the program must reach
 * @throws StackError when that cannot be done
 */
export const asOtherUser = (command: string, args: readonly string[], paths: readonly string[]): OtherUser => {
  if (process.getuid?.() !== 0) return { command, args }
  const closed = paths.map(closedFolder).find((folder) => folder !== undefined)
  if (closed === undefined) return { command, args, user: NOBODY, owner: NOBODY }
  const setpriv = findCommand('setpriv', ['/usr/bin', '/bin'])
  if (setpriv === undefined) {
    throw new StackError(
      `Postgres refuses to run as root, and the user "nobody" may not enter ${closed}. Install util-linux (for "setpriv"), or use a clone and a --data folder that every user may enter.`,
    )
  }
  const capability = '+dac_override'
  // access(2), by which Postgres looks for its own programs, would otherwise ignore the capability of a plain user.
  const securebits = '--securebits=+no_setuid_fixup'
  const options = [
    `--reuid=${NOBODY.uid}`,
    `--regid=${NOBODY.gid}`,
    '--clear-groups',
    securebits,
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
  ]
  return { command: setpriv, args: [...options, command, ...args], owner: NOBODY }
}

/** The first folder above a path that others may not enter. */
const closedFolder = (path: string): string | undefined => {
  const above = dirname(path)
  if (above === path) return undefined
  return closedFolder(above) ?? ((statSync(above).mode & 0o001) === 0 ? above : undefined)
}
