import { describe, expect, it } from 'vitest'
import { PlatformId } from '@surepost/shared/contracts'
import { onBeginRefused, onNotCreated, onNotFound, onTarget, onUnsettled } from '../../src/publish/verdict.ts'

const now = new Date('2026-01-01T12:00:00.000Z')
const later = new Date('2026-01-01T12:15:00.000Z')
const refusal = (kind: 'throttled' | 'duplicate' | 'automation' | 'parent_gone' | 'trouble') =>
  onNotCreated(
    {
      outcome: 'not_created',
      refusal: kind === 'throttled' ? { kind, until: later, detail: 'd' } : { kind, detail: 'd' },
    },
    now,
  )

describe('when the ledger refuses', () => {
  const refused = (reason: Parameters<typeof onBeginRefused>[0]['reason'], until: string | null = null) =>
    onBeginRefused({ answer: 'refused', reason, until, detail: 'd' }, now)

  it.each(['budget', 'paused', 'kill_switch', 'not_yet'] as const)('%s is waiting, not failing', (reason) => {
    expect(refused(reason, later.toISOString())).toMatchObject({ end: null, outcome: { kind: 'snooze', until: later } })
  })
  it('the same text too soon ends the post', () => {
    expect(refused('same_text')).toMatchObject({
      end: { kind: 'failed', code: 'same_text' },
      outcome: { kind: 'done' },
    })
  })
  it('too late is missed', () => {
    expect(refused('too_late')).toMatchObject({ end: { kind: 'missed' }, outcome: { kind: 'done' } })
  })
  it('spent attempts are a matter for a person', () => {
    expect(refused('attempts_spent')).toMatchObject({ end: { kind: 'needs_attention' } })
  })
  it('another text than the one that was begun goes to the dead queue, and a person is asked', () => {
    expect(refused('hash_changed')).toMatchObject({ end: { kind: 'needs_attention' }, outcome: { kind: 'reject' } })
  })
})

describe('when a create gave no id', () => {
  it('an unseen answer is told as unknown, never as nothing created', () => {
    expect(onNotCreated({ outcome: 'unknown', reason: 'timeout' }, now)).toMatchObject({
      tell: { op: 'unknown' },
      end: null,
      outcome: { kind: 'snooze' },
    })
  })
  it('"duplicate" means ask the timeline, not fail', () => {
    expect(refusal('duplicate')).toMatchObject({ tell: { op: 'unknown' }, end: null })
  })
  it('a rate limit rests the account until the platform says', () => {
    expect(refusal('throttled')).toMatchObject({
      tell: { op: 'abort' },
      pause: { until: later },
      outcome: { kind: 'snooze', until: later },
    })
  })
  it('"looks automated" cools the account down and retries nothing', () => {
    const stop = refusal('automation')
    expect(stop.pause?.until?.getTime()).toBeGreaterThan(now.getTime())
    expect(stop.outcome.kind).toBe('snooze')
  })
  it('a challenge pauses the account until a person resumes it', () => {
    const stop = onNotCreated(
      { outcome: 'not_created', refusal: { kind: 'session', trouble: 'challenge', detail: 'd' } },
      now,
    )
    expect(stop).toMatchObject({ tell: { op: 'abort' }, pause: { until: null }, outcome: { kind: 'snooze' } })
  })
  it('a vanished parent ends the post', () => {
    expect(refusal('parent_gone')).toMatchObject({
      end: { kind: 'failed', code: 'parent_gone' },
      outcome: { kind: 'done' },
    })
  })
  it('a page that did not work before the click spends an attempt', () => {
    expect(refusal('trouble')).toMatchObject({ tell: { op: 'abort' }, outcome: { kind: 'retry' } })
  })
})

describe('while the outcome is unknown', () => {
  const unknown = {
    answer: 'unknown' as const,
    attempt: 1,
    firstBegunAt: now.toISOString(),
    settledAt: '2026-01-01T12:00:20.000Z',
    taken: [PlatformId.parse('1900000000000000001')],
    giveUpAt: '2026-01-01T13:00:00.000Z',
  }
  it('absence counts only after the settle window, so it waits for it', () => {
    expect(onUnsettled(unknown, now).outcome).toMatchObject({
      kind: 'snooze',
      until: new Date('2026-01-01T12:00:20.001Z'),
    })
  })
  it('looking has a deadline, then a person is asked', () => {
    expect(onUnsettled(unknown, new Date('2026-01-01T13:00:00.000Z'))).toMatchObject({
      end: { kind: 'needs_attention' },
    })
  })
  it('a timeline that could not be read proves nothing', () => {
    expect(onNotFound({ kind: 'unreadable', cause: 'not_loaded', detail: 'blank' }, unknown, now)).toMatchObject({
      tell: null,
      end: null,
      outcome: { kind: 'snooze' },
    })
    expect(onNotFound({ kind: 'read', items: [], complete: false, beganAt: now }, unknown, now)).toMatchObject({
      end: null,
      outcome: { kind: 'snooze' },
    })
  })
})

describe('the post to answer', () => {
  const read = (author: string, text: string) =>
    ({
      kind: 'read',
      post: {
        platformId: PlatformId.parse('1900000000000000001'),
        author,
        text,
        createdAt: now,
        url: 'https://x.com/a/status/1',
        inReplyTo: null,
        pinned: false,
      },
      metrics: { replies: 0, reposts: 0, quotes: null, likes: 0, bookmarks: 0, views: null },
    }) as const
  const expected = { author: 'Bob', sameText: (shown: string) => shown === 'hi' }
  it('may be answered while it is what it was', () => {
    expect(onTarget(read('bob', 'hi'), expected, now)).toBeNull()
  })
  it('is not answered when its author or its text is another', () => {
    expect(onTarget(read('eve', 'hi'), expected, now)).toMatchObject({
      tell: { op: 'abort' },
      end: { code: 'target_changed' },
    })
    expect(onTarget(read('bob', 'ho'), expected, now)).toMatchObject({
      tell: { op: 'abort' },
      end: { code: 'target_changed' },
    })
  })
  it('that is gone ends the answer', () => {
    expect(onTarget({ kind: 'deleted' }, expected, now)).toMatchObject({ end: { code: 'parent_gone' } })
  })
})
