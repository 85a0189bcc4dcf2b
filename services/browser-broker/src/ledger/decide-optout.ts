import type { BeginAction, BeginAnswer, BodyOf, MentionOptedOut } from '@surepost/shared/contracts'
import type { Millis } from './model.ts'
import type { Tables } from './views.ts'
import { type Decision, nothing } from './writes.ts'

/** Remember who wants no answers. Nothing takes it back. */
export const decideOptOut = ({ platform, person, at }: BodyOf<typeof MentionOptedOut>): Decision<{ told: true }> => ({
  answer: { told: true },
  writes: [{ put: 'opt_out', optOut: { platform, person: person.toLowerCase(), at: Date.parse(at) } }],
})

type Refusal = Extract<BeginAnswer, { answer: 'refused' }>
const refused = (reason: Refusal['reason'], detail: string): Decision<BeginAnswer> =>
  nothing({ answer: 'refused', reason, until: null, detail })

/** An answer is not begun when its reader wants none: whoever approved it, and however long ago it was drafted. */
export const optOutGate = (tables: Tables, request: BeginAction): Decision<BeginAnswer> | null => {
  const command = request.command ?? tables.command(request.postId, request.revision)
  const author = command?.content.replyTo?.author
  if (command === null || author === undefined || !tables.optedOut(command.platform, author.toLowerCase())) return null
  return refused('opted_out', `@${author} asked for no answers.`)
}

/** Two accounts do not answer with the same text. */
export const otherAccountGate = (tables: Tables, request: BeginAction, since: Millis): Decision<BeginAnswer> | null => {
  if (request.kind !== 'reply' || request.textHash === null) return null
  const twin = tables.sameTextElsewhere(request.account, request.textHash, since)
  return twin === null ? null : refused('same_text', `The account ${twin.account} says the same (post ${twin.postId}).`)
}
