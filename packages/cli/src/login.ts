import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { PROJECT_ROOT, findChromium } from '@surepost/stack'
import { z } from 'zod'
import { ConsoleError } from './console/client.ts'

/** Only the broker launches browsers: this is a program of its workspace. */
const PROGRAM = join(PROJECT_ROOT, 'services/browser-broker/src/sign-in/main.ts')

/** Playwright's storageState, which is secret: nothing of it is ever shown, and no error repeats it. */
export const StorageState = z.looseObject({ cookies: z.array(z.unknown()), origins: z.array(z.unknown()).default([]) })
export type StorageState = z.output<typeof StorageState>

/** @throws ConsoleError for what is no storage state, without a word of what it is instead */
export const storageStateOf = (json: string, where: string): StorageState => {
  const wrong = (): never => {
    throw new ConsoleError(
      `${where} is no Playwright storage state: it must be JSON with "cookies" and "origins", as context.storageState() writes it.`,
    )
  }
  try {
    return StorageState.safeParse(JSON.parse(json)).data ?? wrong()
  } catch (error) {
    // The parser's own words would quote it.
    if (error instanceof SyntaxError) return wrong()
    throw error
  }
}

/** Whether a window could be seen here. Pure. */
export const hasDisplay = (
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): boolean => platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])

/** What a program with a window needs of the environment; our keys are not for it. */
const PASSED =
  /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|DISPLAY|XAUTHORITY|WAYLAND_DISPLAY|XDG_.*|DBUS_.*|FONTCONFIG_PATH)$/u

/**
 * Open a browser on a platform's sign-in page, and wait until the person has signed in.
 * @throws ConsoleError saying why there is no session; the signal's reason, after the browser has gone
 */
export const signInByHand = async (
  { site, handle }: { readonly site: string; readonly handle: string },
  signal: AbortSignal,
): Promise<StorageState> => {
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name))),
    SIGN_IN_SITE: site,
    SIGN_IN_HANDLE: handle,
    CHROMIUM_PATH: findChromium() ?? '',
  }
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const closed = once(child, 'close')
    const [session, said] = await Promise.all([
      text((child.stdio[3] as Readable | null) ?? Readable.from([])),
      text(child.stderr ?? Readable.from([])),
    ])
    const [code] = (await closed) as [number | null]
    signal.throwIfAborted()
    if (code !== 0) throw new ConsoleError(said.trim() === '' ? 'The browser ended without a session.' : said.trim())
    return storageStateOf(session, 'What the browser gave')
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
