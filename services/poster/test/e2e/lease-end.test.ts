import { describe, expect, test } from 'vitest'
import { expectOnce, liveOnce, typesOf } from '../support/outcome.ts'
import { openStage, texts } from '../support/stage.ts'

/** Longer than a create takes on a busy machine, so that only the one that is held back meets its end. */
const LEASE_MS = 25_000
const stage = await openStage({
  env: { 'browser-broker': { SETTLE_WINDOW_MS: '500', LEASE_ACT_MS: String(LEASE_MS) } },
})

describe.concurrent('a lease that ends', () => {
  test.for([
    ['before the click', 'slow_page', '/compose/post'],
    ['after the click', 'late_answer', 'A lease that ends'],
  ] as const)('%s leaves one post, which is recorded', async ([when, kind, matching]) => {
    const account = await stage.account(`ends-${when.replace(/\W+/gu, '-')}`)
    const creates = stage.countCreates(account)
    stage.strike(account, kind, { delayMs: LEASE_MS + 5_000, matching })
    const post = await stage.publish(account, texts(`A lease that ends ${when}`))
    await liveOnce(stage, post)
    expect(typesOf(stage, post)).toContain('segment_unknown')
    expect(creates()).toBe(1)
    expectOnce(stage, post)
  })
})
