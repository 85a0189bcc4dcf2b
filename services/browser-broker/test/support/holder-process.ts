import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { within } from '@surepost/shared/runtime'

export interface HolderEvent {
  readonly event: string
  readonly detail: unknown
}

export interface HolderProcess extends AsyncDisposable {
  readonly pid: number
  /** The next event of this name, past or to come; each is given once. */
  next(event: string, ms?: number): Promise<HolderEvent>
  tell(line: string): void
  kill(signal: NodeJS.Signals): void
}

/** A holder in its own process, which has a page of `site` open. */
export const startHolder = async (amqpUrl: string, account: string, site: string): Promise<HolderProcess> => {
  const child = spawn(process.execPath, [new URL('holder.ts', import.meta.url).pathname], {
    env: { PATH: process.env['PATH'] ?? '', AMQP_URL: amqpUrl, ACCOUNT: account, SITE: site },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const events: HolderEvent[] = []
  const listeners = new Set<() => void>()
  createInterface(child.stdout).on('line', (line) => {
    events.push(JSON.parse(line) as HolderEvent)
    for (const listener of listeners) listener()
  })
  const take = (name: string): HolderEvent | undefined => {
    const at = events.findIndex(({ event }) => event === name)
    return at < 0 ? undefined : events.splice(at, 1)[0]
  }
  const next = (name: string, ms = 20_000): Promise<HolderEvent> => {
    const arrived = Promise.withResolvers<HolderEvent>()
    const look = (): void => {
      const found = take(name)
      if (found === undefined) return
      listeners.delete(look)
      arrived.resolve(found)
    }
    listeners.add(look)
    look()
    return within(
      arrived.promise,
      ms,
      () => new Error(`no "${name}" of the holder; there is ${JSON.stringify(events)}`),
    )
  }
  await next('holding')
  return {
    pid: child.pid ?? 0,
    next,
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
