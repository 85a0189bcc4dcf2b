import { describe, expect, it } from 'vitest'
import { FAULT_KINDS } from '../../src/faults/catalog.ts'
import { makePlan, segmentsIn } from '../../src/plan/plan.ts'
import type { PlannedPost } from '../../src/plan/types.ts'
import { SCHEDULE_AHEAD_MS } from '../../src/timing.ts'

const plan = (seed: number, posts: number, faults: number) => makePlan({ seed, posts, faults }, FAULT_KINDS)
const postsOf = (seed: number, posts: number): readonly PlannedPost[] =>
  plan(seed, posts, 0).work.filter((item) => item.kind === 'post')

describe('a plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(plan(7, 60, 25)).toEqual(plan(7, 60, 25))
    expect(plan(7, 60, 25)).not.toEqual(plan(8, 60, 25))
  })

  it('has as many posts and faults as were asked for, in the order of their times', () => {
    for (const [posts, faults] of [
      [1, 0],
      [10, 5],
      [60, 25],
      [300, 90],
    ] as const) {
      const { work, faults: planned, spanMs } = plan(3, posts, faults)
      expect([work.length, planned.length]).toEqual([posts, faults])
      for (const times of [work, planned].map((items) => items.map(({ at }) => at))) {
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        expect(times.every((at) => at >= 0 && at <= spanMs)).toBe(true)
      }
    }
  })

  it('says every text once, so that a repeat on the site can be told', () => {
    const texts = plan(5, 500, 0).work.flatMap((item) =>
      item.kind === 'mention' ? [item.text] : item.segments.map(({ text }) => text),
    )
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('stays within the length that the site takes', () => {
    const texts = postsOf(5, 500).flatMap(({ segments }) => segments.map(({ text }) => text))
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(200)
  })

  it('has every kind of work as soon as there are ten posts', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { work } = plan(seed, 10, 0)
      const posts = postsOf(seed, 10)
      expect(work.some(({ kind }) => kind === 'mention')).toBe(true)
      expect(posts.some(({ segments }) => segments.length > 1)).toBe(true)
      expect(posts.some(({ segments }) => segments.some(({ image }) => image))).toBe(true)
      expect(posts.some(({ replyTo }) => replyTo !== null && !replyTo.gone)).toBe(true)
      expect(posts.some(({ scheduledInMs }) => scheduledInMs !== null)).toBe(true)
      expect(posts.some(({ cancelAfterMs, scheduledInMs }) => cancelAfterMs !== null && scheduledInMs !== null)).toBe(
        true,
      )
      expect(posts.some(({ cancelAfterMs, scheduledInMs }) => cancelAfterMs !== null && scheduledInMs === null)).toBe(
        true,
      )
      expect(new Set(posts.map(({ refusal }) => refusal))).toEqual(new Set([null, 'too_long', 'parent_gone']))
    }
  })

  it('gives threads of two to four segments, and uses every account', () => {
    const posts = postsOf(9, 300)
    const lengths = new Set(posts.map(({ segments }) => segments.length))
    expect(lengths).toEqual(new Set([1, 2, 3, 4]))
    expect(new Set(posts.map(({ account }) => account)).size).toBe(plan(9, 300, 0).accounts.length)
  })

  it('has at least four accounts, and more of them the more posts there are', () => {
    expect([1, 60, 200, 5_000].map((posts) => plan(9, posts, 0).accounts.length)).toEqual([4, 4, 5, 6])
  })

  it('cancels a scheduled post well before its time', () => {
    const cancelled = postsOf(4, 300).filter((post) => post.scheduledInMs !== null && post.cancelAfterMs !== null)
    expect(cancelled.length).toBeGreaterThan(0)
    for (const { scheduledInMs, cancelAfterMs } of cancelled)
      expect((scheduledInMs ?? 0) - (cancelAfterMs ?? 0)).toBeGreaterThan(15_000)
    expect(SCHEDULE_AHEAD_MS.least).toBeGreaterThan(15_000)
  })

  it('sends mentions only to an account that answers, each from a person of its own', () => {
    const { work, accounts } = plan(6, 300, 0)
    const mentions = work.filter((item) => item.kind === 'mention')
    const answering = accounts.filter(({ answers }) => answers).map(({ id }) => id)
    expect(mentions.every(({ account }) => answering.includes(account))).toBe(true)
    expect(new Set(mentions.map(({ bot }) => bot)).size).toBe(mentions.length)
  })

  it('counts the creates that it asks for', () => {
    const { work } = plan(2, 40, 0)
    const threads = work.reduce((sum, item) => sum + (item.kind === 'post' ? item.segments.length - 1 : 0), 0)
    expect(segmentsIn(plan(2, 40, 0))).toBe(40 + threads)
  })
})

describe('the faults of a plan', () => {
  it('are of every kind when there are 25', () => {
    for (const seed of [1, 2, 3, 4, 5])
      expect(new Set(plan(seed, 60, 25).faults.map(({ kind }) => kind))).toEqual(
        new Set(FAULT_KINDS.map(({ kind }) => kind)),
      )
  })

  it('are each of another kind when there are fewer than kinds', () => {
    const kinds = plan(1, 10, 5).faults.map(({ kind }) => kind)
    expect(new Set(kinds).size).toBe(5)
  })

  it('strike every target of every kind before any a second time', () => {
    const targets = FAULT_KINDS.flatMap((of) =>
      of.targets.length > 0 ? of.targets.map((target) => `${of.kind} ${target}`) : [`${of.kind} null`],
    )
    const struck = plan(1, 60, targets.length).faults.map(({ kind, target }) => `${kind} ${target}`)
    expect(struck.toSorted()).toEqual(targets.toSorted())
  })

  it('wait for an action in flight far more often than not', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { faults } = plan(seed, 60, 25)
      expect(faults.filter(({ inFlight }) => inFlight).length).toBeGreaterThan(faults.length * 0.6)
    }
    expect(plan(1, 600, 300).faults.some(({ inFlight }) => !inFlight)).toBe(true)
  })

  it('last as long as their kind says, and no outage is the whole of a short run', () => {
    const kinds = new Map(FAULT_KINDS.map((of) => [of.kind, of]))
    for (const [posts, count] of [
      [10, 25],
      [60, 25],
      [2_000, 100],
    ] as const) {
      const { faults, spanMs } = plan(3, posts, count)
      for (const { kind, holdMs } of faults) {
        const { least, most } = kinds.get(kind)?.holdMs ?? { least: 0, most: 0 }
        expect(holdMs).toBeGreaterThanOrEqual(least)
        expect(holdMs).toBeLessThanOrEqual(Math.max(least, Math.min(most, spanMs / 5)))
      }
    }
  })

  it('stop Postgres for up to a minute in a long run', () => {
    const held = plan(1, 2_000, 300)
      .faults.filter(({ kind }) => kind === 'postgres_stopped')
      .map(({ holdMs }) => holdMs)
    expect(Math.max(...held)).toBeGreaterThan(40_000)
    expect(Math.max(...held)).toBeLessThanOrEqual(60_000)
  })
})
