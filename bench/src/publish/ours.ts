import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId } from '@surepost/shared/contracts'
import type { Client } from 'pg'
import { z } from 'zod'
import { type World, submitPost } from '../metrics-faults/world.ts'
import type { Took } from './latency.ts'

/** Where posts are submitted, and what is asked about what became of them. */
export interface Ours {
  readonly world: World
  readonly account: AccountId
  readonly client: Client
  readonly signal: AbortSignal
}

const WITHIN_MS = 180_000
/** Between two looks at the record, by the post's key. */
const LOOK_MS = 5

const Site = z.array(z.looseObject({ text: z.string(), createdAt: z.coerce.date() }))

const submit = ({ world, account, signal }: Ours, text: string): Promise<string> =>
  submitPost(world, account, [text], signal)

const RECORDED = `select count(*)::int as n from segments where post_id = any($1::uuid[]) and recorded_at is not null`

/** Resolves when all of these are in the record as live. @throws Error when that takes too long */
export const untilRecorded = async ({ client, signal }: Ours, ids: readonly string[]): Promise<void> => {
  const late = performance.now() + WITHIN_MS
  for (;;) {
    const { rows } = await client.query<{ n: number }>(RECORDED, [ids])
    if (rows[0]?.n === ids.length) return
    if (performance.now() > late) throw new Error(`${rows[0]?.n ?? 0} of ${ids.length} posts were recorded in time.`)
    await sleep(LOOK_MS, undefined, { signal })
  }
}

/** When the site itself says that these texts were created, in milliseconds since 1970. @throws Error unless each was once */
export const createdAt = async (
  { world: { playgroundUrl }, signal }: Ours,
  texts: readonly string[],
  since: Date,
): Promise<readonly number[]> => {
  const response = await fetch(`${playgroundUrl}/ledger?since=${since.toISOString()}`, { signal })
  const posts = Map.groupBy(Site.parse(await response.json()), ({ text }) => text)
  return texts.map((text) => {
    const [post, ...more] = posts.get(text) ?? []
    if (post === undefined || more.length > 0)
      throw new Error(`"${text}" is ${post === undefined ? 'not' : `${more.length + 1} times`} on the site.`)
    return post.createdAt.getTime()
  })
}

/** All of them at once, as after a campaign was approved; over when the last one is recorded. */
export const allAtOnce = async (ours: Ours, texts: readonly string[]): Promise<void> => {
  const since = new Date(Date.now() - 1)
  await untilRecorded(ours, await Promise.all(texts.map((text) => submit(ours, text))))
  await createdAt(ours, texts, since)
}

/** Each after the one before it was recorded: what one post takes when nothing stands before it. */
export const oneByOne = async (ours: Ours, texts: readonly string[]): Promise<readonly Took[]> => {
  const since = new Date(Date.now() - 1)
  const asked: { readonly at: number; readonly recordedMs: number }[] = []
  for (const text of texts) {
    const at = Date.now()
    await untilRecorded(ours, [await submit(ours, text)])
    asked.push({ at, recordedMs: Date.now() - at })
  }
  const created = await createdAt(ours, texts, since)
  return asked.map(({ at, recordedMs }, n) => ({ liveMs: (created[n] ?? NaN) - at, recordedMs }))
}
