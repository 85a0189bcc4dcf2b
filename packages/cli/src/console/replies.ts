import Table from 'cli-table3'
import { z } from 'zod'
import { dim } from '../output.ts'
import { plain } from './plain.ts'

/** What the console answers of a post, as far as a draft shows of it. */
export const Draft = z.looseObject({
  id: z.string(),
  state: z.string(),
  account: z.string(),
  kind: z.string(),
  hash: z.string(),
  replyTo: z.string().nullable(),
  submittedAt: z.string(),
  notAfter: z.string(),
  segments: z.array(z.looseObject({ text: z.string() })).min(1),
})
export const Drafts = z.looseObject({ posts: z.array(Draft), next: z.string().nullable() })
export const Approved = z.looseObject({ id: z.string(), state: z.string() })
export const Rejected = z.looseObject({ result: z.string() })

type Draft = z.output<typeof Draft>

export const textOf = ({ segments }: Pick<Draft, 'segments'>): string =>
  segments.map(({ text }) => plain(text)).join('\n')

/** Columns for the text beside the others on a wide terminal; it wraps at words. */
const TEXT = 60

export const draftsTable = ({ posts, next }: z.output<typeof Drafts>): string => {
  const drafts = posts.filter(({ kind }) => kind === 'reply')
  const more = next === null ? '' : '\nThere are more: decide about these first, or give --limit.'
  if (drafts.length === 0) return `No answer waits for a person.${more}`
  const table = new Table({
    head: ['account', 'answer', 'expires'],
    style: { head: [], border: [] },
    colWidths: [null, TEXT, null],
    wordWrap: true,
  })
  for (const draft of drafts)
    table.push([
      plain(draft.account),
      `${dim(plain(draft.id))}\n${textOf(draft)}\n${dim(`to ${plain(draft.replyTo ?? '–')}`)}`,
      plain(draft.notAfter),
    ])
  return `${table.toString()}${more}`
}
