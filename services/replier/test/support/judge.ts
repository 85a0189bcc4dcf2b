import type { Part } from './cast.ts'

/** A part as it was written, by the platform's id. */
export interface Played {
  readonly part: Part
  readonly id: string
}

/** What the record says of a mention and of the post that answers it. */
export interface RecordedMention {
  readonly account: string
  readonly id: string
  readonly decision: string | null
  readonly reason: string | null
  readonly state: string | null
  readonly code: string | null
  readonly text: string | null
  readonly answerId: string | null
}

/** A post of the site's own ledger. */
export interface SitePost {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
}

export interface Verdict {
  readonly mentions: number
  readonly matched: number
  readonly live: number
  /** Second answers to one post. */
  readonly doubles: number
  /** Posts of ours on the site that answer nothing that was to be answered, or say what is not recorded. */
  readonly wrong: number
  /** People who got more answers than allowed, or any after they asked for none. */
  readonly beyond: number
  /** Mentions of which the record says nothing. */
  readonly silent: number
  readonly mismatches: readonly string[]
}

const MOST_PER_PERSON = 3

/**
 * Compare what each mention was to come to with the site's ledger and with the record; both sides, since either may say
 * more than the other.
 * @param ours what our handles hold on the site beyond what the test itself put there
 */
export const judge = (
  played: readonly Played[],
  recorded: readonly RecordedMention[],
  ours: readonly SitePost[],
): Verdict => {
  const answersTo = (id: string): readonly SitePost[] => ours.filter((post) => post.inReplyTo === id)
  const mismatches = played.flatMap(({ part, id }) => {
    const rows = recorded.filter((row) => row.id === id)
    const trouble = mismatchOf(part, rows, answersTo(id))
    return trouble === null
      ? []
      : [`${id} by ${part.author} to ${part.account} (${JSON.stringify(part.end)}): ${trouble} ${JSON.stringify(rows)}`]
  })
  const wanted = new Map(played.map(({ part, id }) => [id, part]))
  const isMeant = (post: SitePost): boolean => {
    const part = wanted.get(post.inReplyTo ?? '')
    const row = recorded.find(({ answerId }) => answerId === post.id)
    return (
      (part?.end.is === 'live' || part?.end.is === 'one_of_two') && row?.id === post.inReplyTo && row.text === post.text
    )
  }
  const perPerson = Map.groupBy(ours, ({ inReplyTo }) => wanted.get(inReplyTo ?? '')?.author)
  const seen = played.filter(({ part }) => part.end.is !== 'unseen')
  return {
    mentions: played.length,
    matched: played.length - mismatches.length,
    live: ours.length,
    doubles: ours.length - new Set(ours.map(({ inReplyTo }) => inReplyTo)).size,
    wrong: ours.filter((post) => !isMeant(post)).length,
    beyond: [...perPerson.values()].filter((answers) => answers.length > MOST_PER_PERSON).length,
    silent: seen.filter(({ id }) => !recorded.some((row) => row.id === id && row.decision !== null)).length,
    mismatches,
  }
}

const mismatchOf = ({ end }: Part, rows: readonly RecordedMention[], answers: readonly SitePost[]): string | null => {
  const [row] = rows
  if (end.is === 'unseen') return row === undefined && answers.length === 0 ? null : 'it was taken for a mention'
  if (end.is === 'one_of_two') return twoOf(rows, answers)
  if (row === undefined || rows.length !== 1) return `it is recorded ${rows.length} times`
  if (end.is === 'skipped') {
    if (answers.length > 0) return 'it was answered'
    return row.decision === 'skipped' && row.reason === end.reason ? null : 'it was not skipped for this reason'
  }
  if (row.decision !== 'answered') return 'no answer was decided'
  if (end.is === 'post') {
    if (answers.length > 0) return 'it was answered'
    return row.state === end.state && row.code === end.code ? null : 'its post ended otherwise'
  }
  if (answers.length !== 1) return `it has ${answers.length} answers`
  return row.state === 'live' && row.answerId === answers[0]?.id ? null : 'its answer is recorded otherwise'
}

const twoOf = (rows: readonly RecordedMention[], answers: readonly SitePost[]): string | null => {
  const said = rows.map(({ decision, reason }) => (decision === 'answered' ? 'answered' : reason))
  if (said.length !== 2 || !said.includes('answered') || !said.includes('answered_by_another_account'))
    return 'the two accounts did not share it'
  return answers.length === 1 ? null : `it has ${answers.length} answers`
}
