import { existsSync } from 'node:fs'
import { findCommand } from './find.ts'
import { run, type RunResult } from './run.ts'

/** How to become root for one command without being asked anything: undefined when that is not possible. */
const rootPrefix = async (): Promise<readonly string[] | undefined> => {
  if (process.getuid?.() === 0) return []
  if (findCommand('sudo') === undefined) return undefined
  return (await run('sudo', ['-n', 'true'], { timeoutMs: 5_000 })).code === 0 ? ['sudo', '-n'] : undefined
}

// Debian's rule for maintainer scripts (invoke-rc.d(8)): exit 101 forbids starting a service while a package is installed.
const NO_SERVICES = '#!/bin/sh\n# Written by surepost while it installs a package, removed afterwards.\nexit 101\n'
const POLICY = '/usr/sbin/policy-rc.d'

/** What came of an attempt to install: the reason when it was not done. */
export type Installed = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/**
 * Install Debian or Ubuntu packages without starting, now or at boot, a service that was not there before.
 * @param units services that the packages bring and that nobody wants
 */
export const aptInstall = async (
  packages: readonly string[],
  units: readonly string[],
  signal?: AbortSignal,
): Promise<Installed> => {
  if (findCommand('apt-get') === undefined) return { ok: false, reason: 'there is no apt-get on this system' }
  const prefix = await rootPrefix()
  if (prefix === undefined) return { ok: false, reason: 'that needs root or a sudo without password' }
  const asRoot = (command: string, ...args: string[]): Promise<RunResult> => {
    const [first = command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', command, ...args]
    return run(first, rest, { timeoutMs: 600_000, ...(signal ? { signal } : {}) })
  }
  const forbid = !existsSync(POLICY)
  if (forbid) await asRoot('sh', '-c', `printf '%s' "$1" > ${POLICY} && chmod 755 ${POLICY}`, 'sh', NO_SERVICES)
  try {
    const install = (): Promise<RunResult> =>
      asRoot('apt-get', 'install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages)
    let result = await install()
    if (result.code !== 0) {
      // A fresh machine has no package lists, or old ones.
      await asRoot('apt-get', 'update', '-o', 'DPkg::Lock::Timeout=300')
      result = await install()
    }
    if (result.code !== 0) return { ok: false, reason: `apt-get failed: ${lastLine(result.output)}` }
    if (existsSync('/run/systemd/system')) await asRoot('systemctl', 'disable', ...units)
    return { ok: true }
  } finally {
    if (forbid) await asRoot('rm', '-f', POLICY)
  }
}

const lastLine = (output: string): string => output.trimEnd().split('\n').at(-1) ?? 'it said nothing'
