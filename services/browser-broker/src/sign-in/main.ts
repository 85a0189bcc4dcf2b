import { mkdtemp, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { messageOf } from '@surepost/shared/errors'
import { parseConfig, url } from '@surepost/shared/runtime'
import { chromium } from 'playwright'
import { z } from 'zod'
import { signedInSession } from './wait.ts'

/**
 * A program of its own: a person signs in by hand, in a browser that they see, with a profile that is gone afterwards. The
 * session goes to file descriptor 3 as JSON and nowhere else; what the person should know goes to standard error. Exit
 * status 0 with a session, 1 without.
 */
const schema = z.object({
  SIGN_IN_SITE: url('http', 'https'),
  SIGN_IN_HANDLE: z.string().min(1),
  CHROMIUM_PATH: z.string().optional(),
})
/** The file descriptor that whoever starts this reads the session from. */
const SESSION_FD = 3

const signIn = async (): Promise<void> => {
  const config = parseConfig(schema)
  const profile = await mkdtemp(join(tmpdir(), 'surepost-sign-in-'))
  let stop = (): void => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('interrupted'))
  })
  stopped.catch(() => {})
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  try {
    const context = await chromium.launchPersistentContext(profile, {
      headless: false,
      viewport: null,
      // Chromium has no sandbox for root, as in a container.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      ...(config.CHROMIUM_PATH ? { executablePath: config.CHROMIUM_PATH } : {}),
    })
    try {
      const wish = { site: config.SIGN_IN_SITE, handle: config.SIGN_IN_HANDLE }
      const session = await Promise.race([signedInSession(context, wish), stopped])
      const out = createWriteStream('', { fd: SESSION_FD })
      out.end(JSON.stringify(session))
      await finished(out)
    } finally {
      await context.close().catch(() => {})
    }
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

try {
  await signIn()
  process.exit(0)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
