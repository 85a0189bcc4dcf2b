import { UnavailableError } from '@surepost/shared/errors'
import { describe, expect, it } from 'vitest'
import { ID, NOW, approved, inSeconds, scripted, unknown } from '../support/scripted.ts'

describe('an unknown outcome past its bound', () => {
  const bound = inSeconds(-60)
  const nothingFound = { kind: 'read', items: [], complete: true, beganAt: NOW } as const
  const found = {
    platformId: ID,
    author: 'ada',
    text: 'Hello',
    createdAt: NOW,
    url: 'https://x.com/ada/status/1',
    inReplyTo: null,
    pinned: false,
  }

  it('is looked for once more, and is live when it is there', async () => {
    const findOwnPost = async () => ({ ...nothingFound, items: [found] })
    const poster = scripted({ lease: { begin: async () => unknown(bound) }, session: { findOwnPost } })
    expect(await poster.run(approved())).toEqual({ kind: 'done' })
    expect(poster.told).toContain('complete')
    expect(poster.said).toEqual(['alert.cleared'])
  })
  it('of images alone is not what was created after its settle window: that is another post of the same look', async () => {
    const later = { ...found, text: '', createdAt: inSeconds(1) }
    const findOwnPost = async () => ({ ...nothingFound, items: [later] })
    const absent = async () => ({ answer: 'revoked' }) as const
    const poster = scripted({ lease: { begin: async () => unknown(bound), absent }, session: { findOwnPost } })
    expect(await poster.run(approved({ segments: [{ text: '', media: [] }] }))).toEqual({ kind: 'done' })
    expect(poster.told).not.toContain('complete')
    expect(await poster.run(approved())).toEqual({ kind: 'done' })
    expect(poster.told).toContain('complete')
  })
  it('is created when a whole reading does not hold it', async () => {
    const poster = scripted({
      lease: { begin: async () => unknown(bound), absent: async () => ({ answer: 'fresh', attempt: 2 }) },
      session: { findOwnPost: async () => nothingFound },
    })
    expect(await poster.run(approved())).toEqual({ kind: 'done' })
    expect(poster.told).toContain('complete')
    expect(poster.said).toEqual(['alert.cleared'])
  })
  it.each([
    ['the page does not work', { kind: 'unreadable', cause: 'not_loaded', detail: 'blank' }],
    ['the list is not read to its end', { ...nothingFound, complete: false }],
    ['the platform slows readings down', { kind: 'throttled', until: inSeconds(900) }],
    ['the platform wants a person', { kind: 'session', trouble: 'challenge', detail: 'a challenge' }],
  ] as const)('is a person’s when %s', async (_, reading) => {
    const poster = scripted({
      lease: { begin: async () => unknown(bound) },
      session: { findOwnPost: async () => reading },
    })
    expect(await poster.run(approved())).toEqual({ kind: 'done' })
    expect(poster.said).toEqual(['post.needs_attention', 'alert.raised'])
    expect(poster.told.includes('pause')).toBe(reading.kind === 'session')
    expect(poster.told).not.toContain('abort')
  })
})

describe('an unknown outcome before its bound', () => {
  const unreadable = { kind: 'unreadable', cause: 'not_loaded', detail: 'blank' } as const
  it('is looked for again no later than at the bound', async () => {
    const begin = async () => unknown(inSeconds(4))
    const poster = scripted({ lease: { begin }, session: { findOwnPost: async () => unreadable } })
    expect(await poster.run(approved())).toMatchObject({ kind: 'snooze', until: inSeconds(4) })
    expect(poster.said).toEqual([])
  })
})

describe('a platform whose breaker is open', () => {
  const open = async (): Promise<never> => {
    throw new UnavailableError('x', 'Its breaker is open.')
  }
  it.each([
    ['is looked at later', inSeconds(60), 'snooze', []],
    ['past the bound is one that could not be read', inSeconds(-60), 'done', ['post.needs_attention', 'alert.raised']],
  ] as const)('%s', async (_, bound, kind, said) => {
    const poster = scripted({ lease: { begin: async () => unknown(bound) }, session: { findOwnPost: open } })
    expect(await poster.run(approved())).toMatchObject({ kind })
    expect(poster.said).toEqual(said)
  })
})
