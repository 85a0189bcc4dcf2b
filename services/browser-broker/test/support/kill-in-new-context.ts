import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

const HOLDER = new URL('killed-holder.ts', import.meta.url).pathname

/**
 * A new holder that is gone (SIGKILL) `afterMs` after it has sent `newContext` to its browser.
 * @returns false when its context was ready before that
 * @throws Error when it did not get so far
 */
export const killInNewContext = async (amqpUrl: string, account: string, afterMs: number): Promise<boolean> => {
  const child = spawn(process.execPath, [HOLDER], {
    env: {
      PATH: process.env['PATH'] ?? '',
      AMQP_URL: amqpUrl,
      ACCOUNT: account,
      AFTER_MS: String(afterMs),
      DEBUG: 'pw:channel',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exit = once(child, 'exit')
  const said = await text(child.stdout)
  const [code, signal] = (await exit) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error(`the holder ended with ${code ?? signal}: ${said}`)
  return !said.includes('held')
}
