import { mkdtempSync, rmSync, appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { growthOf } from '../../src/world/growth.ts'
import { snowflakes } from '../../src/world/ids.ts'
import { folderJournal, memoryJournal } from '../../src/world/journal.ts'
import { breachOf } from '../../src/world/rules.ts'
import { createWorld } from '../../src/world/world.ts'

const HOUR_MS = 3_600_000
const START = new Date('2026-01-31T12:00:00.000Z')

describe('ids', () => {
  it('have 19 digits, tell their time and always rise', () => {
    const next = snowflakes()
    const ids = Array.from({ length: 50 }, () => next(START))
    expect(ids.every((id) => /^\d{19}$/u.test(id))).toBe(true)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(50)
    expect(next(new Date(START.getTime() - HOUR_MS)) > (ids.at(-1) ?? '')).toBe(true)
  })
})

describe('the imaginary audience', () => {
  it('never takes anything back, and is the same for everybody who asks', () => {
    for (const id of ['1990000000000000001', '1990000000000000002', '2000000000000000003']) {
      let before = growthOf(id, 0)
      expect(before.views).toBe(1)
      for (let age = 1; age < 48 * HOUR_MS; age *= 2) {
        const now = growthOf(id, age)
        expect(growthOf(id, age)).toEqual(now)
        for (const figure of ['views', 'likes', 'reposts', 'bookmarks', 'quotes'] as const)
          expect(now[figure]).toBeGreaterThanOrEqual(before[figure])
        expect(now.likes).toBeLessThanOrEqual(now.views)
        before = now
      }
      expect(before.views).toBeGreaterThan(39)
    }
  })
})

describe('the world', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'playground-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is what its journal says after a restart, a half-written last line aside', () => {
    const world = createWorld(folderJournal(folder), () => START)
    const anna = world.addAccount('Anna', 'Anna A.')
    const media = world.addMedia(world.nextMediaId(), Buffer.from('bytes'), 'image/png')
    const one = world.addPost({ handle: 'Anna', text: 'One', media: [media] })
    const two = world.addPost({ handle: 'Anna', text: 'Two', inReplyTo: one.id })
    world.deletePost(two.id)
    world.pin(one.id, true)
    world.fixFigures(one.id, { likes: 7 })
    world.mark(one.id, 'Anna', 'bookmark', true)
    appendFileSync(join(folder, 'journal.jsonl'), '{"type":"post","post":{"id":"19')

    const again = createWorld(folderJournal(folder), () => START)
    expect(again.allPosts()).toEqual(world.allPosts())
    expect(again.account('anna')).toEqual(anna)
    expect(again.accountOfSession(anna.authToken)).toEqual(anna)
    expect(again.figures(one)).toEqual(world.figures(one))
    expect(again.figures(one)).toMatchObject({ likes: 7, bookmarks: 1, replies: 1 })
    expect(again.media(media.id)).toEqual(Buffer.from('bytes'))
    expect(again.mediaType(media.id)).toBe('image/png')
  })
})

const worldAt = (clock: { now: Date }) => createWorld(memoryJournal(), () => clock.now)
const draft = (text: string, more: object = {}) => ({
  handle: 'anna',
  text,
  inReplyTo: null,
  attachments: 0,
  ...more,
})

describe('the rules for a new post', () => {
  it('want something in it, and not too much', () => {
    const world = worldAt({ now: START })
    expect(breachOf(world, draft('Hello'), HOUR_MS)).toBeUndefined()
    expect(breachOf(world, draft('  '), HOUR_MS)?.code).toBe(170)
    expect(breachOf(world, draft('', { attachments: 1 }), HOUR_MS)).toBeUndefined()
    expect(breachOf(world, draft('', { attachments: 5 }), HOUR_MS)?.code).toBe(324)
    expect(breachOf(world, draft('世'.repeat(140)), HOUR_MS)).toBeUndefined()
    expect(breachOf(world, draft('世'.repeat(141)), HOUR_MS)?.code).toBe(186)
  })

  it('refuse the same text again, of the same account, for a while, while the first is there', () => {
    const clock = { now: START }
    const world = worldAt(clock)
    const first = world.addPost({ handle: 'anna', text: 'Good  morning' })
    expect(breachOf(world, draft('Good morning '), HOUR_MS)?.code).toBe(187)
    expect(breachOf(world, draft('Good morning', { handle: 'bert' }), HOUR_MS)).toBeUndefined()
    clock.now = new Date(START.getTime() + HOUR_MS + 1)
    expect(breachOf(world, draft('Good morning'), HOUR_MS)).toBeUndefined()
    clock.now = START
    world.deletePost(first.id)
    expect(breachOf(world, draft('Good morning'), HOUR_MS)).toBeUndefined()
  })

  it('refuse an answer to what is not there', () => {
    const world = worldAt({ now: START })
    const parent = world.addPost({ handle: 'bert', text: 'Hello' })
    expect(breachOf(world, draft('Hi', { inReplyTo: parent.id }), HOUR_MS)).toBeUndefined()
    world.deletePost(parent.id)
    expect(breachOf(world, draft('Hi', { inReplyTo: parent.id }), HOUR_MS)?.code).toBe(385)
    expect(breachOf(world, draft('Hi', { inReplyTo: '1' }), HOUR_MS)?.code).toBe(385)
  })
})
