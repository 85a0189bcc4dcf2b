import { MediaId } from '@surepost/shared/contracts'
import { ContractError, PermanentError, TransientError, UnavailableError } from '@surepost/shared/errors'
import type { LeaseRefusal, LeaseRequest } from '@surepost/shared/leases'
import { describe, expect, it } from 'vitest'
import { registry } from '@surepost/shared/runtime'
import { ID, NOW, type Script, approved, fresh, inSeconds, scripted, unknown } from '../support/scripted.ts'

const throwing = (error: unknown) => async (): Promise<never> => {
  throw error
}

const refusal: LeaseRefusal = { granted: false, reason: 'budget', retryAt: inSeconds(600), detail: 'spent' }

const never = (): never => {
  throw new Error('nobody asks for this')
}

describe('every way out of publishing ends the post or keeps it waiting', () => {
  it.each([
    ['what the ledger refuses', new PermanentError('other_id', 'It is live as another.')],
    ['what is not in its contract', new ContractError('There is no such answer.')],
  ])('%s is buried, and a person is asked', async (_, error) => {
    const poster = scripted({ lease: { begin: throwing(error) } })
    expect(await poster.run(approved())).toMatchObject({ kind: 'reject' })
    expect(poster.said).toEqual(['post.needs_attention', 'alert.raised'])
    expect(poster.bodies[0]).toMatchObject({ reason: expect.stringContaining(error.message) as string })
  })
  it('an error that nobody named is tried again, and asks a person when no attempt is left', async () => {
    const poster = scripted({ lease: { begin: throwing(new TypeError('a bug')) } })
    expect(await poster.run(approved())).toMatchObject({ kind: 'retry' })
    expect(poster.said).toEqual([])
    expect(await poster.run(approved(), { lastAttempt: true })).toMatchObject({ kind: 'retry' })
    expect(poster.said).toEqual(['post.needs_attention', 'alert.raised'])
  })
  it('a page that never works fails with the last attempt, since nothing was created', async () => {
    const trouble = { outcome: 'not_created', refusal: { kind: 'trouble', detail: 'no composer' } } as const
    const poster = scripted({ session: { publishSegment: async () => trouble } })
    expect(await poster.run(approved(), { lastAttempt: true })).toMatchObject({ kind: 'retry' })
    expect(poster.told).toContain('abort')
    expect(poster.said).toEqual(['post.failed'])
  })
  it('an end that cannot be told waits with its command', async () => {
    const emits = throwing(new UnavailableError('rabbitmq', 'blocked'))
    const poster = scripted({ lease: { begin: throwing(new PermanentError('id_taken', 'taken')) }, emits })
    expect(await poster.run(approved())).toMatchObject({ kind: 'snooze' })
  })
  it('a reason as long as a page can be told', async () => {
    const poster = scripted({ lease: { begin: throwing(new PermanentError('odd', 'x'.repeat(9_000))) } })
    await poster.run(approved())
    const [{ reason } = {}, { sentence } = {}] = poster.bodies
    expect([String(reason).length, String(sentence).length].every((n) => n > 100 && n <= 2_000)).toBe(true)
  })
})

describe('the lease', () => {
  it('is asked for with what it is for, and without its text', async () => {
    const asked: LeaseRequest[] = []
    const post = approved({ segments: [{ text: 'Secret until it is live', media: [] }], replyTo: { platformId: ID } })
    const poster = scripted({ acquire: async (request) => (asked.push(request), refusal) })
    await poster.run(post)
    expect(asked[0]?.action).toMatchObject({ postId: post.postId, segment: 0, kind: 'reply', hash: post.hash })
    expect(JSON.stringify(asked[0]?.action)).not.toContain('Secret')
  })
  it('that is refused for its budget waits until the budget has room, as what begin refuses does', async () => {
    const poster = scripted({ acquire: async () => refusal })
    expect(await poster.run(approved())).toEqual({ kind: 'snooze', until: inSeconds(600), reason: 'budget: spent' })
    const until = inSeconds(600).toISOString()
    const begin = async () => ({ answer: 'refused', reason: 'budget', until, detail: 'spent' }) as const
    expect(await scripted({ lease: { begin } }).run(approved())).toEqual(await poster.run(approved()))
    expect([poster.said, poster.told]).toEqual([[], []])
  })
})

describe('a post whose account its ledger does not know: removed, or known to a ledger that was lost', () => {
  const refused = { granted: false, reason: 'unknown_account', retryAt: inSeconds(30), detail: 'not here' } as const
  it('waits for the account, and past its last moment is left to the record without a word: it may be live', async () => {
    let now = NOW
    const poster = scripted({ acquire: async () => refused, now: () => now })
    expect(await poster.run(approved())).toMatchObject({ kind: 'snooze', until: inSeconds(30) })
    expect(poster.said).toEqual([])
    now = inSeconds(3_601)
    expect(await poster.run(approved())).toEqual({ kind: 'done' })
    expect(poster.said).toEqual([])
  })
  it('waits on past its last moment for every other reason: it may be live, and only the platform says', async () => {
    const poster = scripted({ acquire: async () => refusal, now: () => inSeconds(3_601) })
    expect(await poster.run(approved())).toMatchObject({ kind: 'snooze' })
  })
})

describe('what publishing a segment comes to', () => {
  const counts = async (): Promise<Map<string, number>> => {
    const { values } = (await registry.getSingleMetric('surepost_publish_outcomes_total')?.get()) ?? { values: [] }
    return new Map(values.map(({ labels, value }) => [`${labels['kind']} ${labels['outcome']}`, value]))
  }
  const refused = { outcome: 'not_created', refusal: { kind: 'throttled', until: NOW, detail: 'slow' } } as const
  it.each<[string, Script, string]>([
    ['live', {}, 'reply live'],
    [
      'unknown',
      { session: { publishSegment: async () => ({ outcome: 'unknown', reason: 'no answer' }) } },
      'reply unknown',
    ],
    ['waiting', { session: { publishSegment: async () => refused } }, 'reply waiting'],
    ['called off', { lease: { begin: async () => ({ answer: 'revoked' }) } }, 'reply called_off'],
    ['an end', { session: { readPost: async () => ({ kind: 'deleted' }) } }, 'reply failed'],
    ['an error', { session: { publishSegment: throwing(new TypeError('a bug')) } }, 'reply broken_off'],
  ])('%s is counted once, by the kind of its post', async (_, script, counted) => {
    const before = await counts()
    const target = { platformId: ID, author: 'bob' }
    const session = { readPost: async () => ({ kind: 'read', post: { author: 'bob', text: '' } }), ...script.session }
    await scripted({ ...script, session: session as NonNullable<Script['session']> }).run(approved({ replyTo: target }))
    const grown = [...(await counts())].filter(([key, value]) => value !== (before.get(key) ?? 0))
    expect(grown).toEqual([[counted, (before.get(counted) ?? 0) + 1]])
  })
  it('of one that is known to be live is not counted again', async () => {
    const before = await counts()
    const begin = async () => ({ answer: 'done', platformId: ID, url: `https://x.com/ada/status/${ID}` }) as const
    expect(await scripted({ lease: { begin } }).run(approved())).toEqual({ kind: 'done' })
    expect(await counts()).toEqual(before)
  })
})

describe('a stop in the middle', () => {
  const stopped = AbortSignal.abort(new Error('the service stops'))
  const trouble = { outcome: 'not_created', refusal: { kind: 'trouble', detail: 'stopped' } } as const

  it('spends no attempt and ends nothing, not even at the last attempt', async () => {
    const poster = scripted({ session: { publishSegment: async () => trouble } })
    await expect(poster.run(approved(), { lastAttempt: true, signal: stopped })).rejects.toThrow('the service stops')
    expect(poster.said).toEqual([])
  })
  it('still asks a person for what will never work', async () => {
    const poster = scripted({ lease: { begin: throwing(new PermanentError('odd', 'odd')) } })
    expect(await poster.run(approved(), { signal: stopped })).toMatchObject({ kind: 'reject' })
    expect(poster.said).toContain('post.needs_attention')
  })
})

describe('a lease that ends in the middle', () => {
  const over = AbortSignal.abort(new TransientError('The lease is lost: expired.'))
  const lost = throwing(over.reason)

  it.each([
    ['before begin', { lease: { signal: over, begin: lost } }],
    ['in the answered target', { lease: { signal: over, abort: lost }, session: { readPost: lost } }],
    [
      'in the create',
      {
        lease: { signal: over, abort: lost },
        session: {
          publishSegment: async () =>
            ({ outcome: 'not_created', refusal: { kind: 'trouble', detail: 'stopped' } }) as const,
        },
      },
    ],
    [
      'after the click',
      {
        lease: { signal: over, unknown: lost },
        session: { publishSegment: async () => ({ outcome: 'unknown', reason: 'stopped' }) as const },
      },
    ],
    [
      'in the reading',
      {
        lease: { signal: over, begin: async () => unknown(inSeconds(60)) },
        session: { findOwnPost: throwing(new Error('read: stopped')) },
      },
    ],
    ['at the last attempt', { lease: { signal: over, begin: lost } }],
  ])('%s waits for the next one and spends no attempt', async (where, script) => {
    const poster = scripted(script)
    const content = where === 'in the answered target' ? { replyTo: { platformId: ID } } : {}
    expect(await poster.run(approved(content), { lastAttempt: true })).toMatchObject({ kind: 'snooze' })
    expect(poster.said).toEqual([])
  })
  it('with the id in hand says it to everybody first', async () => {
    const poster = scripted({ lease: { signal: over, complete: lost } })
    expect(await poster.run(approved(), { lastAttempt: true })).toMatchObject({ kind: 'snooze' })
    expect(poster.said).toEqual(['post.segment_published'])
    expect(poster.bodies[0]).toMatchObject({ platformId: ID, ledger: null })
  })
  it('is renewed past the half of its life, before the next segment of a thread is begun', async () => {
    let now = NOW
    const order: string[] = []
    const poster = scripted({
      now: () => now,
      lease: {
        begin: async ({ segment }) => {
          order.push(`begin ${segment}`)
          return fresh
        },
        complete: async () => {
          now = new Date(now.getTime() + 60_000)
        },
        renew: async () => {
          order.push('renew')
          return new Date(now.getTime() + 180_000)
        },
      },
    })
    const segments = ['One', 'Two', 'Three', 'Four', 'Five'].map((text) => ({ text, media: [] }))
    expect(await poster.run(approved({ segments }))).toEqual({ kind: 'done' })
    expect(order).toEqual(['begin 0', 'begin 1', 'renew', 'begin 2', 'begin 3', 'renew', 'begin 4'])
  })
})

it('while the breaker is open a post waits until the next probe, and asks for no lease', async () => {
  const until = inSeconds(30)
  const breakers = { trouble: () => ({ reason: 'x failed 10 times in a row', until }), execute: never }
  const poster = scripted({ breakers, acquire: never })
  expect(await poster.run(approved(), { lastAttempt: true })).toMatchObject({ kind: 'snooze', until })
  expect(poster.said).toEqual([])
})

describe('images', () => {
  const id = MediaId.parse('a'.repeat(64))
  const post = approved({ segments: [{ text: 'Look', media: [{ id, alt: '' }] }] })

  it('that are gone end the post as failed, and the ledger hears that nothing was created', async () => {
    const poster = scripted({ media: throwing(new PermanentError('media_missing', 'The image is not there.')) })
    expect(await poster.run(post)).toEqual({ kind: 'done' })
    expect(poster.told).toContain('abort')
    expect(poster.bodies).toEqual([expect.objectContaining({ code: 'media_missing', segment: 0 })])
  })
  it('that cannot be read at the moment are waited for', async () => {
    const poster = scripted({ media: throwing(new UnavailableError('media', 'The folder is away.')) })
    expect(await poster.run(post)).toMatchObject({ kind: 'snooze' })
    expect(poster.told).toContain('abort')
    expect(poster.said).toEqual([])
  })
})

it('a session that the platform refused is not kept in the place of a new one', async () => {
  const refusal = { kind: 'session', trouble: 'signed_out', detail: 'signed out' } as const
  const poster = scripted({ session: { publishSegment: async () => ({ outcome: 'not_created', refusal }) } })
  expect(await poster.run(approved())).toMatchObject({ kind: 'snooze' })
  expect(poster.told).toEqual(['abort', 'pause', 'release'])
})
