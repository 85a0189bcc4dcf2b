import { describe, expect, it } from 'vitest'
import type { LabelState } from '@surepost/shared/contracts'
import { platformFor } from '@surepost/platforms'
import { createRest } from '../../src/drafting/rest.ts'
import { templateDrafter } from '../../src/drafting/templates.ts'
import { draftReply } from '../../src/handlers/draft-reply.ts'
import { commandFor } from '../support/mention.ts'

/** Decide about a mention of now, of an account whose label is in this state. @returns what was said */
const decide = async (label: LabelState, text = '@ada does it run on Debian?') => {
  const said: { type: string; body: Record<string, unknown> }[] = []
  const now = new Date()
  const context = {
    label,
    validUntil: new Date(now.getTime() + 600_000).toISOString(),
    spent: { day: now.toISOString().slice(0, 10), tokens: 0, costMicros: 0 },
  }
  const handler = draftReply({
    bus: {
      emit: async (contract, body) => void said.push({ type: contract.type, body: body as Record<string, unknown> }),
    },
    drafter: templateDrafter(),
    rest: createRest(),
    budget: { tokens: 0, costMicros: 0 },
    pauses: { restMs: 0 },
    platforms: { for: (name) => platformFor(name, { baseUrl: 'https://x.com' }) },
  })
  const body = commandFor({ mention: { createdAt: now.toISOString(), text }, context })
  await handler.run({ body } as never, { signal: new AbortController().signal })
  return said
}
const typesOf = (said: Awaited<ReturnType<typeof decide>>) => said.map(({ type }) => type)

describe('an account that is to carry the label of an automated one', () => {
  it.each<LabelState>(['shown', 'not_required'])('answers when it is %s', async (label) => {
    expect(typesOf(await decide(label))).toEqual(expect.arrayContaining(['post.submitted', 'mention.decided']))
  })
  it.each<LabelState>(['missing', 'unread'])(
    'lets its mentions wait, with the reason, when it is %s',
    async (label) => {
      const said = await decide(label)
      expect(typesOf(said)).toEqual(['mention.deferred', 'job.ran'])
      expect(said).toMatchObject([{ body: { category: 'unlabelled' } }, { body: { outcome: 'skipped' } }])
      expect(String(said[1]?.body['detail'])).toContain('label')
    },
  )
  it('hears all the same who wants to be left alone', async () => {
    expect(typesOf(await decide('missing', '@ada stop'))).toEqual(
      expect.arrayContaining(['mention.opted_out', 'mention.decided']),
    )
  })
})
