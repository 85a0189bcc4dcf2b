import {
  NO_CONTEXT,
  PlatformId,
  ReplyRules,
  type BodyOf,
  type DraftReply,
  type Mention,
} from '@surepost/shared/contracts'
import { AccountId } from '@surepost/shared/contracts'

export const NOW = new Date('2026-01-02T12:00:00.000Z')

export const mentionBy = (more: Partial<Mention> = {}): Mention => ({
  platformId: PlatformId.parse('1900000000000000001'),
  author: 'bob',
  text: '@ada does it run on Debian?',
  inReplyTo: null,
  createdAt: '2026-01-02T11:00:00.000Z',
  url: 'https://x.com/bob/status/1900000000000000001',
  conversation: [],
  ...more,
})

type Command = BodyOf<typeof DraftReply>

export const commandFor = (
  more: { mention?: Partial<Mention>; context?: Partial<Command['context']>; rules?: Partial<ReplyRules> } = {},
): Command => ({
  account: AccountId.parse('ada'),
  platform: 'x',
  handle: 'ada',
  approval: 'auto',
  voice: 'Friendly and brief.',
  rules: ReplyRules.parse(more.rules ?? {}),
  mention: mentionBy(more.mention),
  context: { ...NO_CONTEXT, ask: 1, ...more.context },
})
