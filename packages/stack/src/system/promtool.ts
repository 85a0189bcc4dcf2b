import { aptInstall } from './apt.ts'
import { findCommand } from './find.ts'

/** Prometheus' promtool, installed where that is allowed (Debian's package brings it); otherwise why it cannot be had. */
export const ensurePromtool = async (): Promise<{ readonly path: string } | { readonly missing: string }> => {
  const found = findCommand('promtool')
  if (found !== undefined) return { path: found }
  const installed = await aptInstall(['prometheus'], ['prometheus.service'])
  const path = findCommand('promtool')
  if (path !== undefined) return { path }
  return { missing: installed.ok ? 'the package brought no promtool' : installed.reason }
}
