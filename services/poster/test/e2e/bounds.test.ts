import { attentionAlert } from '@surepost/shared/contracts'
import { eventually } from '@surepost/testkit'
import { describe, expect, test } from 'vitest'
import { alertOf, becomes, factsOf, liveOnce, nothingOnSite, typesOf } from '../support/outcome.ts'
import { openStage, PATIENCE, texts } from '../support/stage.ts'

const GIVE_UP_MS = 20_000
const stage = await openStage({
  env: {
    'browser-broker': {
      SETTLE_WINDOW_MS: '500',
      GIVE_UP_AFTER_MS: String(GIVE_UP_MS),
      BROKER_SLOTS: '4',
    },
  },
})

describe.concurrent('an unknown outcome', () => {
  test('that the platform cannot tell by its bound is a person’s, with an alert; asked again, it ends live', async () => {
    const account = await stage.account('unreadable')
    const creates = stage.countCreates(account)
    const unreadable = stage.strike(account, 'list_error', { count: Infinity })
    stage.strike(account, 'drop_response_after_create')
    const post = await stage.publish(account, texts('Nobody can tell'))
    await becomes(stage, post, 'needs_attention')
    await eventually(() => alertOf(stage, attentionAlert(post.postId)) === 'raised', PATIENCE)
    const at = (type: string): number =>
      Date.parse(factsOf(stage, post).find((fact) => fact.type === type)?.body.at ?? '')
    expect(at('post.needs_attention') - at('post.segment_unknown')).toBeGreaterThanOrEqual(GIVE_UP_MS)
    expect(unreadable.times()).toBeGreaterThan(1)

    unreadable.end()
    await stage.send(post)
    await liveOnce(stage, post)
    await eventually(() => alertOf(stage, attentionAlert(post.postId)) === 'cleared', PATIENCE)
    expect(creates()).toBe(1)
  })

  test('whose account wants a person until long after the bound is looked for once more, and is live', async () => {
    const account = await stage.account('challenged')
    const creates = stage.countCreates(account)
    stage.strike(account, 'challenge', { matching: '/with_replies' })
    stage.strike(account, 'drop_response_after_create')
    const post = await stage.publish(account, texts('Challenged while it is looked for'))
    await eventually(() => alertOf(stage, `account.paused.${account}`) === 'raised', PATIENCE)
    const begun = Date.parse(factsOf(stage, post)[1]?.body.at ?? '')
    await eventually(() => Date.now() > begun + GIVE_UP_MS + 2_000, PATIENCE)
    await stage.resume(account)
    await liveOnce(stage, post)
    expect(alertOf(stage, `account.paused.${account}`)).toBe('cleared')
    expect(typesOf(stage, post)).not.toContain('needs_attention')
    expect(creates()).toBe(1)
  })

  test('that is absent again and again is begun three times and then a person’s, with an alert', async () => {
    const account = await stage.account('absent')
    const creates = stage.countCreates(account)
    stage.strike(account, 'drop_request', { count: Infinity })
    const post = await stage.publish(account, texts('Never arrives'))
    await becomes(stage, post, 'needs_attention')
    await eventually(() => alertOf(stage, attentionAlert(post.postId)) === 'raised', PATIENCE)
    expect(creates()).toBe(3)
    nothingOnSite(stage, post)
  })
})
