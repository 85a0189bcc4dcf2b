import type { ApprovedPost } from '@surepost/shared/contracts'
import type { FaultKind } from '@surepost/playground'
import { cuttable, eventually, isolate } from '@surepost/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { expectOnce, factsOf, liveOnce, recordedIds, typesOf } from '../support/outcome.ts'
import { openStage, PATIENCE, texts, type Strike } from '../support/stage.ts'

const isolated = await isolate()
// The broker and the poster reach RabbitMQ through links that can be cut; the persister and the tests do not.
const brokerLink = await cuttable(isolated.endpoints.amqpUrl)
const posterLink = await cuttable(isolated.endpoints.amqpUrl)
const stage = await openStage({
  isolated,
  also: ['persister'],
  env: {
    'browser-broker': { AMQP_URL: brokerLink.url, SETTLE_WINDOW_MS: '2500' },
    poster: { AMQP_URL: posterLink.url },
  },
})
const { poster, broker } = stage
const posts: ApprovedPost[] = []
afterAll(async () => {
  await Promise.all([brokerLink[Symbol.asyncDispose](), posterLink[Symbol.asyncDispose]()])
  for (const post of posts) expectOnce(stage, post)
})

/** A post of an account of its own, and the moment at which it is struck. */
const struckPost = async (id: string, [kind, how]: StrikeOf) => {
  const account = await stage.account(id)
  const creates = stage.countCreates(account)
  const { struck } = stage.strike(account, kind, how)
  const post = await stage.publish(account, texts(`A post that is struck: ${id}`))
  posts.push(post)
  await struck()
  return { account, post, creates }
}

type StrikeOf = readonly [FaultKind, Strike]
const BEFORE_CLICK: StrikeOf = ['slow_page', { delayMs: 3_000, matching: '/compose/post' }]
const AFTER_CREATE: StrikeOf = ['late_answer', { delayMs: 1_500 }]
const BEFORE_CREATE: StrikeOf = ['delay', { delayMs: 1_500 }]

const isPublished = (post: ApprovedPost): boolean => typesOf(stage, post).includes('segment_published')
const recorded = async (post: ApprovedPost): Promise<void> => {
  const ids = factsOf(stage, post).flatMap((fact) =>
    fact.type === 'post.segment_published' ? [fact.body.platformId] : [],
  )
  await eventually(async () => expect(await recordedIds(stage, post)).toEqual([...new Set(ids)]), PATIENCE)
}

describe('a poster that is killed', () => {
  test.each<[string, StrikeOf]>([
    ['before the click', BEFORE_CLICK],
    ['after the click, before the create has taken effect', BEFORE_CREATE],
    ['after the create, before its answer', AFTER_CREATE],
  ])('%s: the next one publishes once, and records', async (when, strike) => {
    const { post, creates } = await struckPost(`killed-${when.length}`, strike)
    await poster.kill()
    await poster.start()
    await liveOnce(stage, post)
    expect(creates()).toBe(1)
    expect(typesOf(stage, post)).toContain('segment_unknown')
    await recorded(post)
  })

  test('after a segment was told and before its command was acked: the thread goes on after it', async () => {
    const account = await stage.account('killed-in-thread')
    const creates = stage.countCreates(account)
    const post = await stage.publish(account, texts('First of a thread', 'Second of a thread', 'Third of a thread'))
    posts.push(post)
    await eventually(() => isPublished(post), PATIENCE)
    await poster.kill()
    await poster.start()
    await liveOnce(stage, post)
    expect(creates()).toBeLessThanOrEqual(4)
  })

  test('after the fact was sent, before the ack arrived: the command comes again and clicks nothing', async () => {
    const { account, post, creates } = await struckPost('not-acked', AFTER_CREATE)
    posterLink.swallow()
    await eventually(async () => isPublished(post) && (await stage.leases(account)) === 0, PATIENCE)
    await poster.kill()
    posterLink.mend()
    await poster.start()
    await eventually(
      async () => (await stage.leasesEver(account)) === 2 && (await stage.leases(account)) === 0,
      PATIENCE,
    )
    await liveOnce(stage, post)
    expect(creates()).toBe(1)
    await recorded(post)
  })
})

describe('a broker that is killed', () => {
  test('between the click and its answer: one post, by the platform’s word', async () => {
    const { post, creates } = await struckPost('broker-killed', AFTER_CREATE)
    await broker.kill()
    await broker.start()
    await liveOnce(stage, post)
    expect(creates()).toBe(1)
    await recorded(post)
  })

  test('after its ledger was written, before the fact was sent: it is told after the restart', async () => {
    const { account, post, creates } = await struckPost('not-told', AFTER_CREATE)
    brokerLink.cut()
    await eventually(async () => (await stage.leases(account)) === 0, PATIENCE)
    expect(isPublished(post)).toBe(false)
    await broker.kill()
    brokerLink.mend()
    await broker.start()
    await liveOnce(stage, post)
    expect(creates()).toBe(1)
    expect(typesOf(stage, post)).not.toContain('segment_unknown')
    await recorded(post)
  })
})

test('a poster that loses RabbitMQ after the click asks the platform, and clicks nothing again', async () => {
  const { post, creates } = await struckPost('channel-lost', AFTER_CREATE)
  posterLink.cut()
  posterLink.mend()
  await liveOnce(stage, post)
  expect(creates()).toBe(1)
})

describe('a poster that is frozen past its lease', () => {
  test.each<[string, StrikeOf]>([
    ['before the click', BEFORE_CLICK],
    ['after the click', AFTER_CREATE],
  ])('%s cannot click when it thaws, while another has published', async (when, strike) => {
    const { account, post, creates } = await struckPost(`frozen-${when.replace(/\W+/gu, '-')}`, strike)
    await poster.freeze()
    await eventually(async () => (await stage.leases(account)) === 0, PATIENCE)
    {
      await using _second = await stage.secondPoster()
      await stage.send(post)
      await liveOnce(stage, post)
    }
    await poster.thaw()
    // Nobody else is left to publish this, and it does so only when its first work has ended, which had lost its lease.
    const next = await stage.publish(account, texts(`The next post of ${account}`))
    posts.push(next)
    await liveOnce(stage, next)
    await eventually(async () => (await stage.leases(account)) === 0, PATIENCE)
    expectOnce(stage, post)
    expect(creates()).toBe(2)
  })
})
