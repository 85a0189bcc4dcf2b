import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { newId } from '@surepost/shared/contracts'
import { PROJECT_ROOT } from '@surepost/stack'
import { eventually, isolate, temporaryFolder } from '@surepost/testkit'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { demoImage } from '../../src/demo/image.ts'

/** Each command is a process of its own, which takes seconds to start on a busy machine. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const env = await isolate()
const SESSION = 'a-cookie-that-nobody-may-see'
let url: string
let key: string
let said = ''

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const start = (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
  const variables = { ...process.env, NO_COLOR: '1', SUREPOST_URL: url, SUREPOST_API_KEY: key, ...more }
  return spawn(join(PROJECT_ROOT, 'surepost'), args, { env: variables })
}
const surepost = async (
  args: readonly string[],
  typed = '',
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const child = start(args, more)
  child.stdin.end(typed)
  const ended = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await ended) as [number | null]
  said += out + err
  return { code, out, err }
}
const json = async (...args: readonly string[]) => JSON.parse((await surepost([...args, '--json'])).out)

beforeAll(async () => {
  // No poster: what is submitted waits in its queue, so that it can be edited and called off.
  const system = await env.startServices({ only: ['browser-broker', 'persister', 'console'] })
  url = system.consoleUrl
  key = system.apiKey
})
afterEach(() => {
  expect(said).not.toContain(key)
  expect(said).not.toContain(SESSION)
  said = ''
})

test('an account is added after its rules, signed in from a file, edited, paused and resumed', async () => {
  const added = await surepost(['accounts', 'add', 'ada', '--handle', '@ada_builds', '--posts-per-day', '20', '--yes'])
  expect([added.code, added.out]).toEqual([0, 'Added. Sign it in with: surepost login --account ada\n'])
  expect(added.err).toContain('Label the account as automated')
  const twice = await surepost(['accounts', 'add', 'ada', '--handle', 'ada_builds', '--yes'])
  expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('There is an account "ada" already')])

  const state = join(temporaryFolder(), 'state.json')
  writeFileSync(state, `{"cookies": "${SESSION}"}`)
  const bad = await surepost(['login', '--account', 'ada', '--state', state])
  expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('is no Playwright storage state')])
  const cookie = {
    name: 'auth_token',
    value: SESSION,
    domain: 'x.com',
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: true,
    sameSite: 'Lax',
  }
  writeFileSync(state, JSON.stringify({ cookies: [cookie], origins: [] }))
  expect(await surepost(['login', '--account', 'ada', '--state', state])).toMatchObject({
    code: 0,
    out: 'ada is signed in.\n',
  })
  expect((await surepost(['login', '--account', 'eve', '--state', state])).err).toContain(
    'There is no account "eve". There are: ada.',
  )
  const { accounts } = await json('accounts')
  expect(accounts).toMatchObject([{ id: 'ada', session: 'ready', config: { budgets: { post: { perDay: 20 } } } }])

  expect((await surepost(['accounts', 'edit', 'ada', '--post-gap', '5'])).out).toBe('ada is changed.\n')
  expect((await surepost(['pause', 'ada', '--reason', 'holidays'])).out).toBe('ada is paused.\n')
  const table = await surepost(['accounts'])
  expect(table.out).toContain('paused: holidays')
  expect(table.out).toContain('0/20 d')
  expect((await surepost(['resume', 'ada'])).out).toBe('ada goes on.\n')
  expect((await json('accounts')).accounts[0]).toMatchObject({
    paused: null,
    config: { budgets: { post: { perDay: 20, minGapSeconds: 5 } } },
  })
})

test('an account is removed with a yes, when its posts have ended', async () => {
  await surepost(['accounts', 'add', 'bob', '--handle', 'bob_b', '--yes'])
  const post = await json('post', 'not yet', '--account', 'bob', '--at', '+2h')
  await eventually(async () => (await surepost(['list', '--account', 'bob'])).out.includes(post.id))
  const unasked = await surepost(['accounts', 'remove', 'bob'])
  expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('add --yes')])
  const refused = await surepost(['accounts', 'remove', 'bob', '--yes'])
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(`Posts of bob have not ended: ${post.id}`)])
  await surepost(['cancel', post.id])
  const removed = await eventually(async () => {
    const again = await surepost(['accounts', 'remove', 'bob', '--yes', '--json'])
    return again.code === 0 && again
  })
  expect(JSON.parse(removed.out)).toEqual({ account: 'bob', removed: true })
  expect((await json('accounts')).accounts).toMatchObject([{ id: 'ada' }])
  expect((await json('show', post.id)).post.state).toBe('cancelled')
})

test('without a display a login says how to do it instead, and opens nothing', async () => {
  const login = await surepost(['login', '--account', 'ada'], '', { DISPLAY: '', WAYLAND_DISPLAY: '' })
  expect([login.code, login.err]).toEqual([2, expect.stringContaining('give it with --state <file>')])
})

test('a thread with an image is read from standard input, listed, shown, edited, approved and cancelled', async () => {
  const image = join(temporaryFolder(), 'bars.png')
  writeFileSync(image, demoImage(64, 36))
  const args = [
    'post',
    '--image',
    image,
    '--alt',
    'Four bars',
    '--on',
    '2',
    '--at',
    '+2h',
    '--json',
    '--idempotency-key',
    'k-1',
  ]
  const posted = await surepost(args, 'The first\n---\nThe second\n')
  expect([posted.code, posted.err]).toEqual([0, ''])
  const post = JSON.parse(posted.out)
  expect(post).toMatchObject({
    state: 'scheduled',
    account: 'ada',
    segments: [
      { text: 'The first', media: [] },
      { text: 'The second', media: [{ alt: 'Four bars' }] },
    ],
  })
  // The time is another one now; under the same key that is another post, which is refused.
  const other = await surepost(args, 'Something else\n---\nThe second\n')
  expect([other.code, other.err]).toEqual([1, expect.stringContaining('Use a new key for a new post')])

  const listed = await eventually(async () => {
    const { out } = await surepost(['list', '--state', 'scheduled'])
    return out.includes(post.id) && out
  })
  expect(listed).toContain('The first +1')
  const shown = await surepost(['show', post.id])
  expect(shown.out).toContain('image: Four bars')
  expect(shown.out).toMatch(/history\n +20.*post\.submitted/u)

  expect((await surepost(['edit', post.id, '--now'])).out).toBe(`${post.id} is review\n`)
  const edited = await json('show', post.id)
  expect(edited.post).toMatchObject({
    revision: 2,
    scheduledAt: null,
    segments: [{}, { media: [{ alt: 'Four bars' }] }],
  })
  expect((await surepost(['approve', post.id, '--yes'])).out).toBe(`${post.id} is queued.\n`)
  const cancelled = await surepost(['cancel', post.id, '--reason', 'second thoughts', '--json'])
  expect([cancelled.code, JSON.parse(cancelled.out)]).toMatchObject([0, { result: 'cancelled' }])
  const { history } = await eventually(async () => {
    const seen = await json('show', post.id)
    return seen.history.facts.some((fact: { type: string }) => fact.type === 'post.cancelled') && seen
  })
  expect(history.facts.map((fact: { type: string }) => fact.type)).toContain('post.approved')
  expect((await surepost(['delete', post.id, '--yes'])).err).toContain('is live: there is nothing to delete')
})

test('what waits for a review can be rejected', async () => {
  const posted = await json('post', 'Shall this go out?', '--review')
  expect(posted.state).toBe('review')
  expect((await surepost(['reject', posted.id])).out).toBe(`${posted.id} is cancelled.\n`)
  const again = await surepost(['approve', posted.id, '--yes'])
  expect([again.code, again.err]).toEqual([1, expect.stringContaining(posted.id)])
})

test('--wait shows how a post gets on: status 3 when its time is over, 1 when it was cancelled', async () => {
  const late = await surepost(['post', 'Nobody publishes this', '--wait', '--timeout', '2', '--json'])
  expect([late.code, JSON.parse(late.out).state]).toEqual([3, 'queued'])
  expect(late.err).toContain('queued')

  const child = start(['post', 'Nor this', '--wait', '--json'])
  child.stdin.end()
  const out = text(child.stdout)
  const [error] = [text(child.stderr)]
  const closed = once(child, 'close')
  const id = await eventually(
    async () =>
      (await json('list', '--account', 'ada')).posts.find(
        (post: { segments: { text: string }[] }) => post.segments[0]?.text === 'Nor this',
      )?.id as string | undefined,
    { timeoutMs: 60_000 },
  )
  expect((await surepost(['cancel', id])).code).toBe(0)
  expect([(await closed)[0], JSON.parse(await out).state]).toEqual([1, 'cancelled'])
  said += await error
})

test('Ctrl-C ends a wait with 130, and the post goes on', async () => {
  const child = start(['post', 'Somebody is impatient', '--wait'])
  child.stdin.end()
  const closed = once(child, 'close')
  let err = ''
  for await (const chunk of child.stderr) {
    err += String(chunk)
    if (err.includes('queued')) child.kill('SIGINT')
  }
  expect((await closed)[0]).toBe(130)
  await eventually(async () => (await surepost(['list', '--account', 'ada'])).out.includes('Somebody is impatient'))
})

test('what the console refuses is said as a sentence, in the words of the command line', async () => {
  const refused = await surepost(['post', '--account', 'eve'], `${'long '.repeat(100)}\n---\n\n`)
  expect([refused.code, refused.out]).toEqual([1, ''])
  expect(refused.err).toContain('--account: there is no account "eve"; there are: ada')
  const long = await surepost(['post'], `${'long '.repeat(100)}\n---\n\n`)
  expect(long.err).toContain('segment 1 has a weighted length of')
  expect(long.err).toContain('segment 2 is empty')
  const none = await surepost(['show', newId()])
  expect([none.code, none.err]).toEqual([1, expect.stringMatching(/^There is no post/u)])
  const bad = await surepost(['list', '--state', 'alive'])
  expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('state')])
  expect(refused.err + long.err + none.err + bad.err).not.toContain('    at ')
})

test('the kill switch is set and released, and status tells a monitor', async () => {
  expect(await surepost(['kill-switch'])).toMatchObject({ code: 0, out: 'The kill switch is off: posts go out.\n' })
  const on = await surepost(['kill-switch', 'on', '--reason', 'wrong figures went out'])
  expect([on.code, on.out]).toEqual([0, expect.stringContaining('wrong figures went out')])
  const wrong = await surepost(['status'])
  expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('The kill switch is on')])
  expect(await surepost(['kill-switch', 'off', '--yes'])).toMatchObject({ code: 0 })
  expect((await json('kill-switch', 'show')).on).toBe(false)
  const status = await json('status')
  expect(status.wrong.join()).not.toContain('kill switch')
  expect(status.gaps.map(({ name }: { name: string }) => name)).toEqual(['overdue', 'unrecorded', 'unmeasured'])
})

test('jobs and the pool are those of the parts that run', async () => {
  const jobs = await eventually(async () => {
    const { out } = await surepost(['jobs', '--json'])
    const answer = JSON.parse(out) as { jobs: { job: string; lastSuccessAt: string | null }[] }
    return answer.jobs.some(({ job, lastSuccessAt }) => job.includes('dispatch') && lastSuccessAt !== null) && answer
  })
  expect((await surepost(['jobs'])).out).toContain(jobs.jobs[0]?.job)
  const pool = await surepost(['pool'])
  expect([pool.code, pool.out]).toEqual([0, expect.stringMatching(/shard 0 +\d of \d browsers free/u)])
})
