import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { DemoMention, DemoPost } from './work.ts'
import type { LedgerPost } from './judge.ts'

/** What the demo needs of the running stack. */
export interface DemoEndpoints {
  readonly consoleUrl: string
  readonly apiKey: string
  readonly playgroundUrl: string
  /** What opens the site's admin routes where it is on another machine. */
  readonly playgroundKey?: string | undefined
  readonly playgroundLedgerUrl: string
  readonly accounts: readonly { readonly id: string; readonly platform: string; readonly handle: string }[]
}

const Accepted = z.looseObject({ id: z.string() })
const Created = z.looseObject({ id: z.string() })
const Ledger = z.array(
  z.looseObject({
    id: z.string(),
    handle: z.string(),
    text: z.string(),
    inReplyTo: z.string().nullable(),
    createdAt: z.string(),
    deletedAt: z.string().nullable(),
  }),
)
const Problem = z.looseObject({ title: z.string().optional(), detail: z.string().optional() })

/** Who is told "not now" asks again so many times: a submission has its Idempotency-Key, and the same picture twice harms nobody. */
const ASKED_AGAIN = 20

/**
 * One request with a deadline; again when it is answered 503 with a `Retry-After`.
 * @throws Error with the problem's own words when the answer is not a success
 */
const request = async (url: string, init: RequestInit, signal: AbortSignal, again = ASKED_AGAIN): Promise<unknown> => {
  const response = await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]) })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body
  const retryAfter = Number(response.headers.get('retry-after'))
  if (response.status === 503 && retryAfter > 0 && again > 0) {
    await delay(retryAfter * 1_000, undefined, { signal })
    return request(url, init, signal, again - 1)
  }
  const problem = Problem.safeParse(body)
  throw new Error(
    `${init.method ?? 'GET'} ${new URL(url).pathname} answered ${response.status}: ${problem.data?.detail ?? problem.data?.title ?? 'no reason given'}`,
  )
}

export const demoClient = (endpoints: DemoEndpoints, signal: AbortSignal) => {
  const authorization = `Bearer ${endpoints.apiKey}`
  const site: Record<string, string> =
    endpoints.playgroundKey === undefined ? {} : { authorization: `Bearer ${endpoints.playgroundKey}` }
  const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return {
    async uploadImage(bytes: Buffer): Promise<string> {
      const init = {
        method: 'POST',
        headers: { authorization, 'content-type': 'image/png' },
        body: new Uint8Array(bytes),
      }
      return Created.parse(await request(`${endpoints.consoleUrl}/v1/media`, init, signal)).id
    },
    async submit(post: DemoPost, key: string, image: string | null): Promise<string> {
      const body = {
        account: post.account,
        segments: post.segments.map((text) => ({
          text,
          media: image === null ? [] : [{ id: image, alt: 'Four yellow bars on a night sky' }],
        })),
        ...(post.inSeconds === undefined
          ? {}
          : { scheduledAt: new Date(Date.now() + post.inSeconds * 1_000).toISOString() }),
      }
      return Accepted.parse(
        await request(
          `${endpoints.consoleUrl}/v1/posts`,
          json(body, { authorization, 'idempotency-key': key }),
          signal,
        ),
      ).id
    },
    async mention(mention: DemoMention, handle: string): Promise<string> {
      await request(
        `${endpoints.playgroundUrl}/admin/accounts`,
        json({ handle: mention.author, name: mention.name }, site),
        signal,
      )
      const body = { handle: mention.author, text: `@${handle} ${mention.text}` }
      return Created.parse(await request(`${endpoints.playgroundUrl}/admin/posts`, json(body, site), signal)).id
    },
    async ledger(): Promise<readonly LedgerPost[]> {
      return Ledger.parse(await request(endpoints.playgroundLedgerUrl, {}, signal))
    },
  }
}
