import {
  AlertCleared,
  AlertRaised,
  DraftRequested,
  DraftSpent,
  JobRan,
  MentionDecided,
  MentionDeferred,
  MentionOptedOut,
  cleared,
  optOutFactId,
  raised,
  type BodyOf,
  type DeferCategory,
  type DraftReply,
} from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import type { SpendingBook } from '../drafting/drafter.ts'
import { alertOf, type Wait } from '../drafting/wait.ts'

export type Command = BodyOf<typeof DraftReply>
export type Decision = Pick<BodyOf<typeof MentionDecided>, 'decision' | 'reason' | 'postId' | 'drafter'>
export type Ran = Pick<BodyOf<typeof JobRan>, 'outcome' | 'category' | 'detail'>
type Emitter = Pick<Bus, 'emit'>

const at = (): string => new Date().toISOString()

/** What a decision about a mention says, as facts. */
export const sayDecided = (bus: Emitter, { account, mention }: Command, decision: Decision): Promise<void> =>
  bus.emit(MentionDecided, { at: at(), account, mention: mention.platformId, ...decision })

export const sayDeferred = (
  bus: Emitter,
  { account, mention, context }: Command,
  { category, until }: Pick<Wait, 'category' | 'until'>,
  reason: string,
): Promise<void> =>
  bus.emit(MentionDeferred, {
    at: at(),
    account,
    mention: mention.platformId,
    ask: context.ask,
    category,
    reason,
    until: until.toISOString(),
  })

/** Said again it is the same fact. It reaches every ledger of the broker, so that what is under way is not sent either. */
export const sayOptedOut = (
  bus: Emitter,
  { account, platform, mention }: Pick<Command, 'account' | 'platform' | 'mention'>,
): Promise<void> =>
  bus.emit(
    MentionOptedOut,
    { at: mention.createdAt, account, mention: mention.platformId, platform, person: mention.author.toLowerCase() },
    { id: optOutFactId(account, mention.platformId) },
  )

export const sayRan = (bus: Emitter, { account }: Command, startedAt: Date, ran: Ran): Promise<void> =>
  bus.emit(JobRan, { at: at(), job: 'replier.draft', account, startedAt: startedAt.toISOString(), ...ran })

export const sayAlert = async (bus: Emitter, { category, alert, until }: Wait, detail: string): Promise<void> => {
  if (alert === null) return
  await bus.emit(
    AlertRaised,
    raised(alert, `No answers are drafted until ${until.toISOString()} (${category}): ${detail}`),
  )
}

export const sayWell = async (bus: Emitter, ended: readonly DeferCategory[]): Promise<void> => {
  const kinds = ended.flatMap((category) => alertOf(category) ?? [])
  await Promise.all(kinds.map((kind) => bus.emit(AlertCleared, cleared(kind))))
}

/** The book of spending, kept as facts: durable before the model is asked. */
export const bookOf = (bus: Emitter, { account, mention }: Command): SpendingBook => {
  const entry = { account, mention: mention.platformId }
  return {
    open: (request, model, most) => bus.emit(DraftRequested, { at: at(), ...entry, request, model, ...most }),
    close: (request, model, spent) => bus.emit(DraftSpent, { at: at(), ...entry, request, model, ...spent }),
  }
}
