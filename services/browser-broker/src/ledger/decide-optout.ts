import {
  type BeginAction,
  type BeginAnswer,
  type BodyOf,
  type MentionOptedOut,
  optOutKey,
  type TellOptOuts,
} from '@surepost/shared/contracts'
import { type Millis, instant } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import { type Decision, type Write, nothing } from './writes.ts'

/** Remember who wants no answers. Nothing takes it back. */
export const decideOptOut = ({ platform, person, at }: BodyOf<typeof MentionOptedOut>): Decision<{ told: true }> => ({
  answer: { told: true },
  writes: [{ put: 'opt_out', optOut: { platform, person: person.toLowerCase(), at: Date.parse(at) } }],
})

/** What this ledger was told: nothing, when that was another one. */
const toldOf = (tables: Tables) => {
  const { id } = tables.ledger()
  const told = tables.optOutsTold()
  return told?.ledgerId === id ? told : { ledgerId: id, through: null, whole: false }
}

/** Whether this ledger has heard from the record of everybody who wants no answers. */
export const knowsOptOuts = (tables: Tables): boolean => toldOf(tables).whole

/** Take in a page of those who want no answers. A page that does not follow the last one is kept, and does not count. */
export const decideTellOptOuts = (
  tables: Tables,
  { ledgerId, after, people, last }: BodyOf<typeof TellOptOuts>,
): Decision<{ told: true }> => {
  const told = toldOf(tables)
  const final = people.at(-1)
  const next = { ledgerId, through: final === undefined ? after : optOutKey(final), whole: last }
  const follows = ledgerId === told.ledgerId && !told.whole && (after === null || after === told.through)
  return {
    answer: { told: true },
    writes: [
      ...people.map(({ platform, person, at }): Write => {
        return { put: 'opt_out', optOut: { platform, person, at: Date.parse(at) } }
      }),
      ...(follows ? [{ put: 'opt_outs_told', told: next } as const] : []),
    ],
  }
}

type Refusal = Extract<BeginAnswer, { answer: 'refused' }>
const refused = (reason: Refusal['reason'], detail: string, until: string | null = null): Decision<BeginAnswer> =>
  nothing({ answer: 'refused', reason, until, detail })

/** An answer is not begun when its reader wants none: whoever approved it, and however long ago it was drafted. */
export const optOutGate = (tables: Tables, request: BeginAction): Decision<BeginAnswer> | null => {
  const command = request.command ?? tables.command(request.postId, request.revision)
  const author = command?.content.replyTo?.author
  if (command === null || author === undefined || !tables.optedOut(command.platform, author.toLowerCase())) return null
  return refused('opted_out', `@${author} asked for no answers.`)
}

/** A ledger that does not know yet who wants no answers begins none: it was lost, or is new, and the record tells it. */
export const untoldGate = (
  tables: Tables,
  { kind }: BeginAction,
  now: Millis,
  policy: Policy,
): Decision<BeginAnswer> | null =>
  kind !== 'reply' || knowsOptOuts(tables)
    ? null
    : refused(
        'not_yet',
        'This ledger has not heard from the record yet who wants no answers.',
        instant(now + policy.untoldMs),
      )

/** Two accounts do not answer with the same text. */
export const otherAccountGate = (tables: Tables, request: BeginAction, since: Millis): Decision<BeginAnswer> | null => {
  if (request.kind !== 'reply' || request.textHash === null) return null
  const twin = tables.sameTextElsewhere(request.account, request.textHash, since)
  return twin === null ? null : refused('same_text', `The account ${twin.account} says the same (post ${twin.postId}).`)
}
