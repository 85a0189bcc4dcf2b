import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaId, sha256, type AccountId, type ApprovedPost } from '@surepost/shared/contracts'
import type { FaultKind } from '@surepost/playground'
import { eventually } from '@surepost/testkit'
import { describe, expect, test } from 'vitest'
import { alertOf, becomes, factsOf, liveOnce, nothingOnSite, restsUntil, stateOf, typesOf } from '../support/outcome.ts'
import { openStage, PATIENCE, texts } from '../support/stage.ts'

// This site refuses what an account said before, as X does.
const stage = await openStage({
  duplicateWindowMs: 3_600_000,
  env: { 'browser-broker': { SETTLE_WINDOW_MS: '1000', BROKER_SLOTS: '4' } },
})

const MINUTE = 60_000
/** The refusal is told (the attempt was called off) and the account rests. */
const rests = async (post: ApprovedPost): Promise<number> => {
  await eventually(
    () => typesOf(stage, post).includes('segment_aborted') && restsUntil(stage, post.account) !== undefined,
    PATIENCE,
  )
  return Date.parse(restsUntil(stage, post.account) ?? '') - Date.now()
}
const codeOf = (post: ApprovedPost): unknown =>
  factsOf(stage, post).flatMap((fact) => (fact.type === 'post.failed' ? [fact.body.code] : []))[0]

describe.concurrent('"you said that already"', () => {
  test('of a post that is not there is not believed: it is looked for, and created', async () => {
    const account = await stage.account('duplicate-not-there')
    stage.strike(account, 'duplicate')
    const post = await stage.publish(account, texts('Not said yet'))
    await liveOnce(stage, post)
    expect(typesOf(stage, post)).not.toContain('failed')
  })
  test('of our own post, which the timeline does not show yet, ends live with its id', async () => {
    const account = await stage.account('duplicate-lagging')
    const creates = stage.countCreates(account)
    stage.strike(account, 'drop_response_after_create')
    const lag = stage.strike(account, 'timeline_lag', { count: Infinity, delayMs: 3_600_000 })
    const post = await stage.publish(account, texts('Said, and not shown'))
    // Not shown until it was tried again: however fast or slow that is.
    await eventually(() => creates() > 1, PATIENCE)
    lag.end()
    await liveOnce(stage, post)
  })
  test('after the browser itself sent the create twice ends live, once', async () => {
    const account = await stage.account('reset')
    stage.strike(account, 'reset_after_create')
    await liveOnce(stage, await stage.publish(account, texts('Reset by the peer')))
  })
})

describe.concurrent('a limit', () => {
  test('with a time of reset rests the account until then; all that waited goes out once', async () => {
    const account = await stage.account('limited')
    stage.strike(account, 'rate_limit', { delayMs: 8_000 })
    const first = await stage.publish(account, texts('Too fast'))
    await rests(first)
    const until = restsUntil(stage, account) ?? ''
    const second = await stage.publish(account, texts('Right behind'))
    await Promise.all([liveOnce(stage, first), liveOnce(stage, second)])
    const begunAgain = [
      ...factsOf(stage, first)
        .filter(({ type }) => type === 'post.segment_begun')
        .slice(1),
      ...factsOf(stage, second),
    ].filter(({ type }) => type === 'post.segment_begun')
    expect(begunAgain).toHaveLength(2)
    for (const { body } of begunAgain) expect(body.at >= until).toBe(true)
  })
  test.for<[string, FaultKind, number, number]>([
    ['of the day rests the account for half an hour', 'daily_limit', 29 * MINUTE, 30 * MINUTE],
    ['for looking automated cools the account down for an hour', 'automation', 59 * MINUTE, 60 * MINUTE],
  ])('%s, and nothing of it is tried meanwhile', async ([, kind, least, most]) => {
    const account = await stage.account(kind.replaceAll('_', '-'))
    const creates = stage.countCreates(account)
    stage.strike(account, kind)
    const post = await stage.publish(account, texts(`Refused: ${kind}`))
    const restsFor = await rests(post)
    expect(restsFor).toBeGreaterThan(least)
    expect(restsFor).toBeLessThanOrEqual(most)
    const next = await stage.publish(account, texts(`Behind: ${kind}`))
    await eventually(() => stage.isRefused(account, 'account_paused'), PATIENCE)
    expect([stateOf(stage, post), stateOf(stage, next)]).toEqual(['queued', 'accepted'])
    expect(creates()).toBe(1)
    nothingOnSite(stage, post)
  })
})

describe.concurrent('what waits for a person', () => {
  test.for<[string, FaultKind]>([
    ['is locked', 'locked'],
    ['is suspended', 'suspended'],
    ['is challenged', 'challenge'],
    ['is signed out', 'signed_out'],
    ['stands before a consent wall', 'consent'],
  ])(
    'because it %s is paused with an alert; with a new session and resumed, its post goes out once',
    async ([, kind]) => {
      const account: AccountId = await stage.account(kind.replaceAll('_', '-'))
      stage.strike(account, kind)
      const post = await stage.publish(account, texts(`Wants a person: ${kind}`))
      await eventually(() => alertOf(stage, `account.paused.${account}`) === 'raised', PATIENCE)
      expect(restsUntil(stage, account)).toBeNull()
      expect(stateOf(stage, post)).toBe('queued')
      nothingOnSite(stage, post)
      await stage.signIn(account)
      await stage.resume(account)
      await liveOnce(stage, post)
      expect(alertOf(stage, `account.paused.${account}`)).toBe('cleared')
    },
  )

  test('while the folder of images is away a post with one waits, and then goes out once', async () => {
    const account = await stage.account('images-away')
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    const id = MediaId.parse(sha256(png))
    await mkdir(stage.mediaFolder, { recursive: true })
    await writeFile(join(stage.mediaFolder, id), png)
    await rename(stage.mediaFolder, `${stage.mediaFolder}-away`)
    const post = await stage.publish(account, { segments: [{ text: 'A dot', media: [{ id, alt: 'A dot' }] }] })
    await eventually(() => typesOf(stage, post).includes('segment_aborted'), PATIENCE)
    await rename(`${stage.mediaFolder}-away`, stage.mediaFolder)
    await liveOnce(stage, post)
  })
})

describe.concurrent('what can never be published', () => {
  test('a text that is too long fails by our own measure, and nothing is asked of the site', async () => {
    const account = await stage.account('measured')
    const creates = stage.countCreates(account)
    const post = await stage.publish(account, texts('long '.repeat(80)))
    await becomes(stage, post, 'failed')
    expect(codeOf(post)).toBe('too_long')
    expect(creates()).toBe(0)
  })
  test('a text that the platform finds too long fails by its word', async () => {
    const account = await stage.account('too-long')
    const creates = stage.countCreates(account)
    stage.strike(account, 'too_long', { count: Infinity })
    const post = await stage.publish(account, texts('Too long for them'))
    await becomes(stage, post, 'failed')
    expect(codeOf(post)).toBe('too_long')
    expect(creates()).toBe(1)
    nothingOnSite(stage, post)
  })
  test('an image that is gone fails the post, and says which', async () => {
    const account = await stage.account('image-gone')
    const id = MediaId.parse(sha256('an image that nobody has'))
    const post = await stage.publish(account, { segments: [{ text: 'Look at this', media: [{ id, alt: '' }] }] })
    await becomes(stage, post, 'failed')
    expect(codeOf(post)).toBe('media_missing')
    nothingOnSite(stage, post)
  })
})
