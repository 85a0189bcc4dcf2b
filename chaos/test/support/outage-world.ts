import { pause } from '@surepost/shared/runtime'
import { z } from 'zod'
import { ensureInstalled, startStack } from '@surepost/stack'
import { consoleAt } from '../../src/clients/console.ts'
import { playgroundAt, type Playground } from '../../src/clients/playground.ts'
import { isPassing, request } from '../../src/clients/request.ts'
import { signUp } from '../../src/run/accounts.ts'
import { LEASE_ACT_MS, SETTLE_WINDOW_MS } from '../../src/timing.ts'

const ACCOUNTS = [
  { id: 'ada', handle: 'ada_works', answers: false },
  { id: 'grace', handle: 'grace_works', answers: false },
]

const Health = z.object({
  dependencies: z.array(z.looseObject({ name: z.string(), up: z.boolean(), detail: z.string().nullable() })),
})
const Breakers = z.object({ breakers: z.array(z.looseObject({ breaker: z.string(), state: z.string() })) })
const Alerts = z.object({ alerts: z.array(z.looseObject({ key: z.string() })) })
const Post = z.looseObject({
  state: z.string(),
  segments: z.array(z.looseObject({ platformId: z.string().nullable(), recordedAt: z.string().nullable() })),
})

/**
 * A submission that is repeated while the database is away says no time of its own, and a ledger that is younger than a lease may
 * last, as this one is, takes it for one that an earlier ledger began: it waits until that one's browser must be gone, and asks
 * the platform. With the usual 10 minutes a run would wait for that and for nothing else.
 */
const BROKER = {
  LEASE_ACT_MS: String(LEASE_ACT_MS),
  LEASE_ACT_MOST_MS: String(LEASE_ACT_MS),
  SETTLE_WINDOW_MS: String(SETTLE_WINDOW_MS),
}

/** A whole installation under a small load of posts, as its console shows it. */
export interface OutageWorld extends AsyncDisposable {
  readonly site: Playground
  stop(part: string): Promise<void>
  /** Resolves when the part is there again. */
  start(part: string): Promise<void>
  /** What the console says is wrong: dependencies that are away, breakers that are not closed, alerts that stand. */
  wrong(): Promise<readonly string[]>
  /**
   * Submit posts, one at a time, until its end, which resolves with the ids and texts of those that were accepted. The first
   * is accepted when this resolves. @throws RefusedError when one is refused
   */
  load(everyMs: number): Promise<{ end(): Promise<ReadonlyMap<string, string>> }>
  post(id: string): Promise<z.output<typeof Post>>
}

/** @throws StackError when the stack cannot be started */
export const openOutageWorld = async (dataDir: string, signal: AbortSignal): Promise<OutageWorld> => {
  await using opened = new AsyncDisposableStack()
  await ensureInstalled({ onProgress: () => {}, signal })
  const stack = opened.use(await startStack({ dataDir, signal, onProgress: () => {}, ephemeral: true }))
  const { consoleUrl, apiKey, playgroundUrl } = await stack.startServices({ env: { 'browser-broker': BROKER } })
  const api = consoleAt(consoleUrl, apiKey, signal)
  const site = playgroundAt(playgroundUrl, signal)
  await signUp(ACCOUNTS, site, api)
  const headers = { authorization: `Bearer ${apiKey}` }
  const read = <S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> =>
    request(`${consoleUrl}/v1/${path}`, { headers, signal, timeoutMs: 10_000 }).then((answer) => schema.parse(answer))

  const submit = async (n: number, text: string): Promise<string> => {
    const account = ACCOUNTS[n % ACCOUNTS.length]?.id ?? ''
    const submission = { account, segments: [{ text, media: [] }] }
    for (;;) {
      try {
        return await api.submit(submission, `outages-${n}`)
      } catch (error) {
        if (!isPassing(error)) throw error
        await pause(1_000, signal)
      }
    }
  }
  const load: OutageWorld['load'] = async (everyMs) => {
    const accepted = new Map<string, string>()
    const ending = new AbortController()
    const first = Promise.withResolvers<void>()
    const loop = (async () => {
      for (let n = 0; !ending.signal.aborted; n += 1) {
        const text = `Post ${n} of an installation whose parts go away.`
        accepted.set(await submit(n, text), text)
        first.resolve()
        await pause(everyMs, AbortSignal.any([ending.signal, signal]))
      }
    })()
    // What it throws later is told by its end.
    loop.catch(first.reject)
    await first.promise
    return {
      async end() {
        ending.abort()
        await loop
        return accepted
      },
    }
  }
  const all = opened.move()
  return {
    site,
    stop: (part) => stack.stopPart(part, { hard: true }),
    start: (part) => stack.startPart(part),
    async wrong() {
      const { dependencies } = await read('health', Health)
      const away = dependencies.filter(({ up }) => !up).map(({ name, detail }) => `${name}: ${detail}`)
      // The record tells of these, and nothing while it is away itself.
      const told = await Promise.all([read('breakers', Breakers), read('alerts?active=true', Alerts)]).catch(() => null)
      const [{ breakers }, { alerts }] = told ?? [{ breakers: [] }, { alerts: [] }]
      const open = breakers.filter(({ state }) => state !== 'closed').map(({ breaker }) => `breaker ${breaker}`)
      const unread = told === null && away.length === 0 ? ['the record cannot be read'] : []
      return [...away, ...unread, ...open, ...alerts.map(({ key }) => `alert ${key}`)]
    },
    load,
    post: (id) => read(`posts/${id}`, Post),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
