import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { containersAnswer } from '../backends/containers.ts'
import { StackError } from '../errors.ts'
import { PROJECT_ROOT } from '../root.ts'
import { aptInstall, type Installed } from './apt.ts'
import { findChromium, findPostgres, findPostgrest, findRabbitmqServer } from './find.ts'
import { run } from './run.ts'

export interface InstallOptions {
  /** False where no browser is needed. */
  readonly chromium?: boolean
  readonly onProgress?: (text: string) => void
  readonly signal?: AbortSignal
}

/**
 * See to it that everything of the system that a stack needs is there, installing what is missing where that is allowed.
 * @throws StackError with one sentence that names what is missing and what to do
 */
export const ensureInstalled = async (options: InstallOptions = {}): Promise<void> => {
  findPostgres()
  findPostgrest()
  await ensureRabbitmq(options)
  if (options.chromium ?? true) await ensureChromium(options)
}

const ensureRabbitmq = async ({ onProgress, signal }: InstallOptions): Promise<void> => {
  if (findRabbitmqServer() !== undefined) return
  onProgress?.('installing RabbitMQ (apt-get install rabbitmq-server)')
  const installed = await aptInstall(
    ['rabbitmq-server'],
    ['rabbitmq-server.service', 'epmd.service', 'epmd.socket'],
    signal,
  )
  signal?.throwIfAborted()
  if (installed.ok && findRabbitmqServer() !== undefined) return
  if (await containersAnswer()) return
  throw new StackError(
    `RabbitMQ is missing and could not be installed (${reasonOf(installed)}): run "sudo apt-get install rabbitmq-server" (elsewhere: install rabbitmq-server with your package manager), or start Docker, and try again.`,
  )
}

const ensureChromium = async ({ onProgress, signal }: InstallOptions): Promise<void> => {
  if (findChromium() !== undefined) return
  let installed: Installed = { ok: false, reason: "Ubuntu's package is only a pointer to a snap" }
  if (!isUbuntu()) {
    onProgress?.('installing Chromium (apt-get install chromium-headless-shell)')
    installed = await aptInstall(['chromium-headless-shell'], [], signal)
    // Older distributions have only the whole browser.
    if (!installed.ok) installed = await aptInstall(['chromium'], [], signal)
  }
  signal?.throwIfAborted()
  if (findChromium() !== undefined) return
  onProgress?.("installing Chromium (Playwright's own)")
  const playwright = await installPlaywrightChromium(signal)
  if (findChromium() !== undefined) return
  throw new StackError(
    `Chromium is missing and could not be installed (${reasonOf(installed)}; Playwright: ${reasonOf(playwright)}): install it ("sudo apt-get install chromium" on Debian, "npx playwright install --with-deps chromium" elsewhere) or set CHROMIUM_PATH, and try again.`,
  )
}

const reasonOf = (installed: Installed): string => (installed.ok ? 'the package brought no program' : installed.reason)

const isUbuntu = (): boolean =>
  existsSync('/etc/os-release') && /^ID(_LIKE)?=.*ubuntu/m.test(readFileSync('/etc/os-release', 'utf8'))

const installPlaywrightChromium = async (signal?: AbortSignal): Promise<Installed> => {
  const cli = join(PROJECT_ROOT, 'node_modules', 'playwright', 'cli.js')
  // The libraries that it needs come with apt, which only root can use.
  const withLibraries = process.getuid?.() === 0 ? ['--with-deps'] : []
  const result = await run(process.execPath, [cli, 'install', ...withLibraries, 'chromium'], {
    timeoutMs: 600_000,
    ...(signal ? { signal } : {}),
  })
  return result.code === 0
    ? { ok: true }
    : { ok: false, reason: result.output.trimEnd().split('\n').at(-1) ?? 'it failed' }
}
