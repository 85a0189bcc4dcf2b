import type { ApprovedPost } from '@surepost/shared/contracts'
import type { FaultKind } from '@surepost/playground'
import { afterAll, describe, expect, test } from 'vitest'
import { killBrowsers } from '../support/processes.ts'
import { expectOnce, factsOf, liveOnce, typesOf } from '../support/outcome.ts'
import { openStage, texts } from '../support/stage.ts'

const stage = await openStage({ env: { 'browser-broker': { SETTLE_WINDOW_MS: '2500', BROKER_SLOTS: '4' } } })
const posts: ApprovedPost[] = []
// What was right at the end of its test must still be right when all that could come late has come.
afterAll(() => {
  for (const post of posts) expectOnce(stage, post)
})

/** Longer than the adapter waits for an answer (30 s). */
const NEVER_MS = 40_000

describe.concurrent('a create whose answer is not seen', () => {
  test.for<[string, FaultKind, number?]>([
    ['is held back longer than anybody waits', 'late_answer', NEVER_MS],
    ['breaks off', 'drop_response_after_create'],
    ['says that something went wrong after it was created', 'error_after_create'],
    ['says that something went wrong before it was created', 'error_before_create'],
    ['is lost with its request', 'drop_request'],
  ])('because it %s: one post, and its true id is recorded', async ([, kind, delayMs]) => {
    const account = await stage.account(kind.replaceAll('_', '-'))
    stage.strike(account, kind, delayMs === undefined ? {} : { delayMs })
    const post = await stage.publish(account, texts(`Struck by ${kind}`))
    posts.push(post)
    await liveOnce(stage, post)
    expect(typesOf(stage, post)).toContain('segment_unknown')
    const lost = kind === 'error_before_create' || kind === 'drop_request'
    const [published] = factsOf(stage, post).filter((fact) => fact.type === 'post.segment_published')
    expect(published?.body).toMatchObject({ source: lost ? 'response' : 'reconciled' })
  })

  test('in the middle of a thread: it goes on after what is live, in order, without a gap or a repeat', async () => {
    const account = await stage.account('thread')
    stage.strike(account, 'drop_response_after_create', { matching: 'Two' })
    stage.strike(account, 'error_before_create', { matching: 'Three' })
    const post = await stage.publish(account, texts('One of three', 'Two of three', 'Three of three'))
    posts.push(post)
    await liveOnce(stage, post)
  })
})

describe('a create under which the browser dies', () => {
  test.each([
    ['its page crashes', 'renderers', 'late_answer'],
    ['its page crashes and the create takes effect later', 'renderers', 'delay'],
    ['the browser is killed', 'whole', 'late_answer'],
    ['the browser is killed and the create takes effect later', 'whole', 'delay'],
  ] as const)('because %s: one post, and its true id is recorded', async (_, what, kind) => {
    const account = await stage.account(`${what}-${kind.replaceAll('_', '-')}`)
    const { struck } = stage.strike(account, kind, { delayMs: 1_500 })
    const post = await stage.publish(account, texts(`Struck by ${what} ${kind}`))
    posts.push(post)
    await struck()
    expect(await killBrowsers(stage.env, what)).toBeGreaterThan(0)
    await liveOnce(stage, post)
    expect(typesOf(stage, post)).toContain('segment_unknown')
  })
})
