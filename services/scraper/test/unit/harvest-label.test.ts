import { describe, expect, it } from 'vitest'
import { AccountId, type BodyOf, type HarvestMentions } from '@surepost/shared/contracts'
import type { Delivery } from '@surepost/shared/messaging'
import { createBreakers } from '@surepost/shared/runtime'
import type { ProfileReading, Tried } from '@surepost/platforms'
import { harvestMentions } from '../../src/handlers/harvest-mentions.ts'

type Command = BodyOf<typeof HarvestMentions>

/** A harvest of no mentions, where the profile says `profile`. */
const harvest = async (profile: ProfileReading, readLabel = true) => {
  const said: { type: string; body: Record<string, unknown> }[] = []
  const lease = {
    granted: true,
    handle: 'ada',
    context: {},
    signal: new AbortController().signal,
    expiresAt: new Date(Date.now() + 60_000),
    yielding: new AbortController().signal,
    [Symbol.asyncDispose]: async () => undefined,
  }
  const session = {
    readProfile: async () => profile,
    readMentions: async () => ({ kind: 'read', items: [], complete: true, beganAt: new Date() }),
  }
  const ports = {
    bus: { emit: async ({ type }: { type: string }, body: Record<string, unknown>) => void said.push({ type, body }) },
    leases: { acquire: async () => lease },
    platforms: { for: () => ({ open: () => session }) },
    breakers: createBreakers<Tried>({ isFailure: ({ failed }) => failed }),
  } as unknown as Parameters<typeof harvestMentions>[0]
  const body: Command = { account: AccountId.parse('ada'), platform: 'x', handle: 'ada', since: null, readLabel }
  const delivery = { body, lastAttempt: true, attempt: 1 } as Delivery<Command>
  await harvestMentions(ports).run(delivery, { signal: new AbortController().signal })
  return said
}

describe('a harvest that is to look for the label', () => {
  it.each(['eve', null])('tells whom it names: %s', async (automatedBy) => {
    expect(await harvest({ kind: 'read', automatedBy })).toMatchObject([
      { type: 'account.label_seen', body: { account: 'ada', automatedBy } },
      { type: 'job.ran', body: { outcome: 'succeeded' } },
    ])
  })
  it('has failed when the profile could not be read, and says nothing of the label', async () => {
    const said = await harvest({ kind: 'unreadable', cause: 'went_wrong', detail: 'Something went wrong.' })
    expect(said).toMatchObject([{ type: 'job.ran', body: { outcome: 'failed', category: 'label_unreadable' } }])
    expect(said[0]?.body['detail']).toContain('Something went wrong.')
  })
  it('does not look when it was not asked to', async () => {
    expect(await harvest({ kind: 'read', automatedBy: null }, false)).toMatchObject([{ type: 'job.ran' }])
  })
})
