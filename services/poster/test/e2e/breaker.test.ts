import { eventually } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { alertOf, liveOnce, stateOf } from '../support/outcome.ts'
import { openStage, PATIENCE, texts } from '../support/stage.ts'

const stage = await openStage({ env: { 'browser-broker': { SETTLE_WINDOW_MS: '1000' } } })
const ACCOUNTS = ['broken-one', 'broken-two', 'broken-three']
/** Each fails once before any is tried again: more than open a breaker. */
const EACH = [1, 2, 3, 4]

test('a site that does not work opens the breaker; all work waits, and goes out once when it works again, without a person', async () => {
  const accounts = await Promise.all(ACCOUNTS.map((id) => stage.account(id)))
  const faults = accounts.map((account) => stage.strike(account, 'page_error', { count: Infinity }))
  const posts = await Promise.all(
    accounts.flatMap((account) => EACH.map((n) => stage.publish(account, texts(`Waits for the site, number ${n}`)))),
  )
  await eventually(() => alertOf(stage, 'breaker.x.poster') === 'raised', PATIENCE)
  expect(posts.map((post) => stateOf(stage, post))).not.toContain('failed')
  for (const fault of faults) fault.end()
  // One after the other, so that each has its own patience.
  for (const post of posts) await liveOnce(stage, post)
  expect(alertOf(stage, 'breaker.x.poster')).toBe('cleared')
}, 600_000)
