import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  AccountConfig,
  AccountId,
  AuditAccount,
  AuditReport,
  DEFAULT_BUDGETS,
  Hash,
  PlatformId,
  PostFailed,
  PostSubmitted,
  SegmentPublished,
  contentHash,
  newId,
  newPostId,
  type PostId,
} from '@surepost/shared/contracts'
import { connectDatabase } from '@surepost/shared/database'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'

/** The machine may be busy. */
const PATIENT = { timeoutMs: 60_000 }

const environment = await isolate()
const system = await environment.startServices({
  only: ['playground', 'persister', 'browser-broker', 'scraper', 'console'],
  // No schedule of its own while the test looks, but for the first audit of each account.
  env: { persister: { AUDIT_EVERY_SECONDS: '2592000' } },
})
const { endpoints } = environment
const bus = await connectBus({
  url: endpoints.amqpUrl,
  managementUrl: endpoints.rabbitmqManagementUrl,
  service: 'test',
  shards: 1,
  log: silentLogger(),
})
const database = connectDatabase({ url: endpoints.supabaseUrl, key: endpoints.supabaseKey, log: silentLogger() })
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await bus[Symbol.asyncDispose]()
})

const request = async (method: string, url: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${system.apiKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
const Live = z.looseObject({ id: PlatformId, url: z.string() })
type Live = z.infer<typeof Live>
const admin = `${system.playgroundUrl}/admin`
/** A post that is live on the site. */
const live = async (handle: string, text: string): Promise<Live> =>
  Live.parse(await request('POST', `${admin}/posts`, { handle, text }))

const auditsOf = (account: string) =>
  database.read('audits', (client) => client.from('audits').select('id').eq('account', account))

const signUp = async (id: string, handle: string): Promise<AccountId> => {
  const account = AccountId.parse(id)
  const config = AccountConfig.parse({ id, platform: 'x', handle, budgets: DEFAULT_BUDGETS, checks: [864_000] })
  const { storageState } = (await request('POST', `${admin}/accounts`, { handle })) as { storageState: unknown }
  await request('PUT', `${system.consoleUrl}/v1/accounts/${id}`, config)
  await request('PUT', `${system.consoleUrl}/v1/accounts/${id}/session`, storageState)
  // A new account is audited once by itself: that is over before anything is there to be found.
  await eventually(async () => (await auditsOf(id)).length > 0, PATIENT)
  return account
}

/** Say that a post was submitted and, with `id`, that it is live under it. */
const record = async (account: AccountId, text: string, id: PlatformId | null): Promise<PostId> => {
  const [postId, at] = [newPostId(), new Date().toISOString()]
  const content = { segments: [{ text, media: [] }] }
  const ofPost = { at, postId, revision: 1, account, platform: 'x' } as const
  const notAfter = new Date(Date.now() + 3_600_000).toISOString()
  const more = {
    client: 'test',
    approval: 'auto',
    scheduledAt: new Date(Date.now() + 3_000_000).toISOString(),
    notAfter,
  } as const
  await bus.emit(PostSubmitted, { ...ofPost, ...more, hash: Hash.parse(contentHash(content)), content })
  if (id === null) return postId
  const published = {
    platformId: id,
    url: `https://x.com/u/status/${id}`,
    publishedAt: at,
    source: 'response',
    ledger: null,
  } as const
  await bus.emit(SegmentPublished, { ...ofPost, segment: 0, ...published })
  return postId
}
const recorded = (postId: PostId) =>
  database.read('a segment', (client) =>
    client.from('segments').select('platform_id, source, missing').eq('post_id', postId).maybeSingle(),
  )
const recordedOf = (account: string) =>
  database.read('segments', (client) =>
    client.from('segments').select('platform_id').eq('account', account).not('platform_id', 'is', null),
  )

const audit = (account: AccountId, handle: string): Promise<AuditReport> =>
  bus.ask(
    AuditAccount,
    {
      auditId: newId(),
      account,
      platform: 'x',
      handle,
      since: new Date(Date.now() - 3_600_000).toISOString(),
      awaited: true,
    },
    AuditReport,
    { timeoutMs: 110_000 },
  )

let ada: AccountId
beforeAll(async () => {
  ada = await signUp('ada', 'ada_audited')
})

describe('an audit of a page with every kind of gap', () => {
  const posts: Record<string, PostId> = {}
  const ids: Record<string, PlatformId> = {}
  let report: AuditReport

  beforeAll(async () => {
    // A post that is never begun is known by its text as well; before its live twin, as in truth.
    posts['unrecorded'] = await record(ada, 'Live, and nobody wrote it down', null)
    // It is not being published any more, so nobody else is about to record it.
    await eventually(async () => (await recorded(posts['unrecorded'] as PostId)) !== null, PATIENT)
    const failed = { at: new Date().toISOString(), postId: posts['unrecorded'], revision: 1, segment: 0 }
    await bus.emit(PostFailed, { ...failed, code: 'test', reason: 'It was said to have failed.' })
    const text = {
      fine: 'As it should be 👍 https://example.org/a/long/path/that/is/shortened/on/the/page?x=1',
      missing: 'Here, and then not',
      twice: 'Said once, shown twice',
      wrong: 'Recorded under the id of another',
    }
    for (const [kind, words] of Object.entries(text)) {
      const post = await live('ada_audited', words)
      ids[kind] = post.id
      const others = kind === 'wrong' ? (await live('somebody_else', 'Not ours at all')).id : post.id
      if (kind === 'wrong') ids['others'] = others
      posts[kind] = await record(ada, words, others)
    }
    ids['second'] = (await live('ada_audited', text.twice)).id
    ids['unrecorded'] = (await live('ada_audited', 'Live, and nobody wrote it down')).id
    ids['foreign'] = (await live('ada_audited', 'Posted by hand')).id
    await request('DELETE', `${admin}/posts/${ids['missing']}`)
    await eventually(async () => (await recordedOf('ada')).length === 4, PATIENT)
    report = await audit(ada, 'ada_audited')
  }, 180_000)

  it('finds each, and nothing else', () => {
    const of = (kind: string) => ({ postId: posts[kind], segment: 0 })
    expect(report).toMatchObject({
      outcome: 'gaps',
      reason: null,
      recovered: [{ ...of('unrecorded'), platformId: ids['unrecorded'] }],
      missing: [{ ...of('missing'), platformId: ids['missing'] }],
      wrongIds: [{ ...of('wrong'), recorded: ids['others'], platformId: ids['wrong'] }],
      duplicates: [{ ...of('twice'), platformId: ids['twice'], other: ids['second'] }],
    })
    expect(report.foreign.map(({ platformId }) => platformId)).toEqual([ids['foreign']])
  })

  it('records what it found as facts, and deletes nothing', async () => {
    await eventually(async () => {
      expect(await recorded(posts['unrecorded'] as PostId)).toMatchObject({
        platform_id: ids['unrecorded'],
        source: 'audit',
      })
      expect(await recorded(posts['wrong'] as PostId)).toMatchObject({ platform_id: ids['wrong'] })
      expect(await recorded(posts['missing'] as PostId)).toMatchObject({ missing: true })
      expect(
        await database.read('audit', (client) => client.from('audits').select('outcome').eq('id', report.auditId)),
      ).toEqual([{ outcome: 'gaps' }])
      return true
    }, PATIENT)
    const ledger = (await request('GET', `${system.playgroundUrl}/ledger`)) as {
      id: string
      deletedAt: string | null
    }[]
    expect(ledger.filter(({ deletedAt }) => deletedAt !== null).map(({ id }) => id)).toEqual([ids['missing']])
  })

  it('finds only what was not put right, when it is asked again', async () => {
    const again = await audit(ada, 'ada_audited')
    expect([again.recovered, again.missing, again.wrongIds]).toEqual([[], [], []])
    expect([again.foreign.length, again.duplicates.length]).toEqual([1, 1])
  }, 120_000)
})

describe('an audit', () => {
  it('is clean where both sides agree, far down a list that loads as one scrolls', async () => {
    const grace = await signUp('grace', 'grace_audited')
    const texts = Array.from({ length: 45 }, (_, n) => `Post ${n + 1} of a long list`)
    for (const text of texts) await record(grace, text, (await live('grace_audited', text)).id)
    await eventually(async () => (await recordedOf('grace')).length === texts.length, PATIENT)
    expect(await audit(grace, 'grace_audited')).toMatchObject({
      outcome: 'clean',
      seen: 45,
      recorded: 45,
      reason: null,
    })
  }, 180_000)

  it('that cannot read the account’s page is invalid, and says missing of nothing', async () => {
    await request('POST', `${admin}/faults`, { kind: 'list_error', handle: 'ada_audited' })
    await request('POST', `${admin}/faults`, { kind: 'page_error', handle: 'ada_audited' })
    try {
      const report = await audit(ada, 'ada_audited')
      expect(report).toMatchObject({ outcome: 'invalid', missing: [], foreign: [], seen: 0 })
      expect(report.reason).not.toBeNull()
    } finally {
      await request('DELETE', `${admin}/faults`)
    }
    await eventually(async () => {
      const beats = await database.read('heartbeat', (client) =>
        client.from('job_heartbeats').select('last_outcome').eq('job', 'account.audit').eq('account', 'ada'),
      )
      return beats[0]?.last_outcome === 'failed'
    }, PATIENT)
  }, 180_000)
})

interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** What a person types, against this installation. */
const surepost = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const where = {
      AMQP_URL: endpoints.amqpUrl,
      RABBITMQ_MANAGEMENT_URL: endpoints.rabbitmqManagementUrl,
      SUPABASE_URL: endpoints.supabaseUrl,
      SUPABASE_SERVICE_ROLE_KEY: endpoints.supabaseKey,
    }
    const script = fileURLToPath(new URL('../../../../surepost', import.meta.url))
    execFile(script, args, { env: { ...process.env, ...where } }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr })
    })
  })

describe('the command line', () => {
  it('says with its exit status what an audit came to: 0 agrees, 1 gaps, 2 not known', async () => {
    const clean = await surepost('audit', '--account', 'grace', '--since', '1h')
    expect([clean.status, clean.stdout]).toEqual([0, 'grace agrees (45 posts seen, 45 recorded)\n'])
    const gaps = await surepost('audit', '--account', 'ada', '--since', '1h')
    expect(gaps.status).toBe(1)
    expect(gaps.stdout).toMatch(/^ada has gaps \(\d+ posts seen, \d+ recorded\)$/mu)
    expect(gaps.stdout).toMatch(/^ {2}not ours: http/mu)
    expect(gaps.stdout).toMatch(/^ {2}live twice: \d+ and \d+ \(post [0-9a-f-]+, segment 0\)$/mu)
    const nobody = await surepost('audit', '--account', 'nobody')
    expect([nobody.status, nobody.stdout]).toEqual([2, ''])
    expect(nobody.stderr).toContain('There is no account nobody.')
  }, 180_000)

  it('is one line of JSON for scripts, the worst of all accounts, and invalid when a page cannot be read', async () => {
    await request('POST', `${admin}/faults`, { kind: 'list_error', handle: 'ada_audited' })
    await request('POST', `${admin}/faults`, { kind: 'page_error', handle: 'ada_audited' })
    try {
      const { status, stdout } = await surepost('audit', '--since', '1h', '--json')
      expect(status).toBe(2)
      expect(stdout.trimEnd().split('\n')).toHaveLength(1)
      const { outcome, accounts } = JSON.parse(stdout) as { outcome: string; accounts: AuditReport[] }
      expect([outcome, ...accounts.map((report) => [report.account, report.outcome])]).toEqual([
        'invalid',
        ['ada', 'invalid'],
        ['grace', 'clean'],
      ])
    } finally {
      await request('DELETE', `${admin}/faults`)
    }
  }, 180_000)

  it('writes every live segment as a line of JSON or of CSV, and nothing else', async () => {
    const jsonl = await surepost('export', 'outcomes', '--since', '1d')
    expect(jsonl.status).toBe(0)
    const rows = jsonl.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { account: string; text: string; platform_id: string })
    expect(rows.filter(({ account }) => account === 'grace')).toHaveLength(45)
    const csv = await surepost('export', 'outcomes', '--since', '1d', '--format', 'csv')
    const [header = '', ...lines] = csv.stdout.trimEnd().split('\n')
    expect(header).toContain('post_id,segment,account,')
    expect(header).toContain('views_latest')
    expect(lines).toHaveLength(rows.length)
    const nothing = await surepost('export', 'outcomes', '--since', '2999-01-01', '--format', 'csv')
    expect([nothing.status, nothing.stdout.trimEnd().split('\n').length]).toEqual([0, 1])
  }, 120_000)
})
