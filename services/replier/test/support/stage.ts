import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { z } from 'zod'
import { AccountConfig } from '@surepost/shared/contracts'
import { PROJECT_ROOT, type SystemDescription } from '@surepost/stack'
import { HANDLES, type AccountName, type Part } from './cast.ts'
import type { Played, RecordedMention, SitePost } from './judge.ts'

export const RULES = { perPersonPerDay: 3, maxDepth: 2, blockedWords: ['casino'], languages: ['en'] }
const ROOMY = { perHour: 5_000, perDay: 50_000, minGapSeconds: 0 }
const NAMES: readonly AccountName[] = ['ada', 'grace', 'hedy']

const Posts = z.array(
  z.looseObject({
    id: z.string(),
    handle: z.string(),
    text: z.string(),
    inReplyTo: z.string().nullable(),
    deletedAt: z.string().nullable(),
  }),
)

const request = async (method: string, url: string, body?: unknown, key?: string): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}: ${text}`)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

/** X's epoch: an id is the milliseconds since it, above 22 bits. */
const EPOCH_MS = 1_288_834_974_657
const DAYS_AGO_MS = 3 * 86_400_000

const textOf = ({ how, text }: Part): string =>
  'names' in how ? `${how.names.map((name) => `@${HANDLES[name]}`).join(' ')} ${text}` : text

/** The site's journal with the posts that were there days before: what a part says of them, with their ids. */
export const oldPosts = (folder: string, parts: readonly Part[]): readonly Played[] => {
  mkdirSync(folder, { recursive: true })
  const then = Date.now() - DAYS_AGO_MS
  const played = parts.map((part, n) => ({ part, id: String((BigInt(then - EPOCH_MS + n * 1_000) << 22n) + 1n) }))
  const lines = played.flatMap(({ part, id }, n) => {
    const createdAt = new Date(then + n * 1_000).toISOString()
    const person = { handle: part.author, name: part.author, bio: '', authToken: `old-${n}`, ct0: `old-${n}` }
    const post = { id, handle: part.author, text: textOf(part), inReplyTo: null, quotes: null, media: [] }
    return [
      { type: 'account', account: { ...person, joinedAt: createdAt } },
      { type: 'post', post: { ...post, promoted: false, pinned: false, fixed: null, createdAt } },
    ]
  })
  writeFileSync(join(folder, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return played
}

/** What an account of the stage may differ in. */
export interface Special {
  /** Whom its label names; null: it has none. */
  readonly automatedBy?: string | null
  readonly label?: 'required' | 'alert'
}

/** The site and the console, as the test's people use them, and the record as SQL tells it. */
export const stageOf = ({ playgroundUrl, consoleUrl, apiKey, endpoints }: SystemDescription) => {
  const put = new Set<string>()
  const roots = new Map<AccountName, string>()
  const named = new Map<string, string>()
  const post = async (
    handle: string,
    text: string,
    more: { inReplyTo?: string; quotes?: string } = {},
  ): Promise<string> => {
    const made = await request('POST', `${playgroundUrl}/admin/posts`, { handle, text, ...more })
    const { id } = z.looseObject({ id: z.string() }).parse(made)
    put.add(id)
    return id
  }
  const placeOf = async ({ how, account }: Part): Promise<{ inReplyTo?: string; quotes?: string }> => {
    const root = roots.get(account) ?? ''
    if ('quotes' in how) return { quotes: root }
    if ('answers' in how) return { inReplyTo: root }
    if ('under' in how)
      return {
        inReplyTo: await post(HANDLES[account], `By hand ${put.size}.`, { inReplyTo: named.get(how.under) ?? '' }),
      }
    return {}
  }
  /** As an operator does, at first and after the broker's data was lost. */
  const configure = async (name: AccountName, { automatedBy = 'the_human', label }: Special = {}): Promise<void> => {
    const made = await request('POST', `${playgroundUrl}/admin/accounts`, { handle: HANDLES[name], automatedBy })
    const { storageState } = z.looseObject({ storageState: z.unknown() }).parse(made)
    const replies = {
      enabled: true,
      approval: name === 'hedy' ? 'review' : 'auto',
      voice: 'Plain and kind.',
      harvestEverySeconds: 1,
      rules: RULES,
      label,
    }
    const config = AccountConfig.parse({
      id: name,
      platform: 'x',
      handle: HANDLES[name],
      budgets: { post: ROOMY, reply: ROOMY },
      checks: [86_400],
      replies,
    })
    await request('PUT', `${consoleUrl}/v1/accounts/${name}`, config, apiKey)
    await request('PUT', `${consoleUrl}/v1/accounts/${name}/session`, storageState, apiKey)
  }
  const query = async <Row extends object>(sql: string): Promise<readonly Row[]> => {
    const client = new Client({
      connectionString: endpoints.postgresUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
    })
    // A connection that dies while Postgres is stopped says so in the query, and once more here.
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }
  return {
    query,
    async write(part: Part): Promise<Played> {
      const id = await post(part.author, textOf(part), await placeOf(part))
      if (part.name !== undefined) named.set(part.name, id)
      return { part, id }
    },
    /** Sign up, post a root, configure with a session. @param special accounts that differ from the others */
    async setUp(special: Partial<Record<AccountName, Special>> = {}): Promise<void> {
      for (const name of NAMES) {
        roots.set(name, await post(HANDLES[name], `Here is ${name}.`))
        await configure(name, special[name])
      }
    },
    configure,
    post,
    /** Somebody's own answer, written by hand through the API. @returns the post's id */
    async submit(account: AccountName, text: string, replyTo: { platformId: string; author: string }): Promise<string> {
      const made = await request('POST', `${consoleUrl}/v1/posts`, { account, segments: [{ text }], replyTo }, apiKey)
      return z.looseObject({ id: z.string() }).parse(made).id
    },
    remove: (id: string) => request('DELETE', `${playgroundUrl}/admin/posts/${id}`),
    /** What a person types: `surepost replies …`, against this console. */
    async replies(...args: readonly string[]): Promise<void> {
      const env = { ...process.env, SUREPOST_URL: consoleUrl, SUREPOST_API_KEY: apiKey, NO_COLOR: '1' }
      await promisify(execFile)(join(PROJECT_ROOT, 'surepost'), ['replies', ...args], { env, timeout: 180_000 })
    },
    /** What our handles hold on the site beyond what was put there here. */
    async ours(): Promise<readonly SitePost[]> {
      const handles = Object.values(HANDLES)
      const all = Posts.parse(await request('GET', `${playgroundUrl}/ledger`))
      return all.filter(({ id, handle }) => handles.includes(handle) && !put.has(id))
    },
    recorded: () =>
      query<RecordedMention & { readonly postId: string | null; readonly hash: string | null }>(`
        select m.account, m.platform_id as id, m.decision, m.decision_reason as reason, m.post_id as "postId", p.hash, p.state,
          p.phase_code as code, s.text, s.platform_id as "answerId"
        from mentions as m left join posts as p on p.id = m.post_id left join segments as s on s.post_id = m.post_id and s.segment = 0
        where m.harvested_at is not null`),
  }
}
export type Stage = ReturnType<typeof stageOf>
export type Recorded = Awaited<ReturnType<Stage['recorded']>>[number]
