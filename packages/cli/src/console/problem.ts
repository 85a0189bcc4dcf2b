import { z } from 'zod'
import { plain } from './plain.ts'

const Problem = z.looseObject({
  type: z.string().startsWith('urn:surepost:problem:'),
  detail: z.string(),
  errors: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
})

/** What the API calls a part of a request, in the words of the command line. */
const SPOKEN: readonly (readonly [RegExp, (...parts: readonly string[]) => string])[] = [
  [/^segments\.(\d+)\.media\.(\d+)/u, (_, s, m) => `image ${Number(m) + 1} of segment ${Number(s) + 1}`],
  [/^segments\.(\d+)/u, (_, s) => `segment ${Number(s) + 1}`],
  [/^scheduledAt/u, () => '--at'],
  [/^account/u, () => '--account'],
  [/^replyTo/u, () => '--reply-to'],
]

const spoken = (path: string): string => {
  for (const [pattern, say] of SPOKEN) {
    const match = pattern.exec(path)
    if (match !== null) return say(...match)
  }
  return path
}

/** `segment 1: segment 1 has …` says it once. */
const lineOf = ({ path, message }: { readonly path: string; readonly message: string }): string => {
  const where = spoken(path)
  return where === '' || message.startsWith(where) ? message : `${where}: ${message}`
}

/**
 * The sentence of a problem (RFC 9457) for a person: everything that was wrong, and what to do. Undefined for a body that is no
 * problem of Surepost's. Pure.
 */
export const sentenceOf = (body: unknown): string | undefined => {
  const problem = Problem.safeParse(body)
  if (!problem.success) return undefined
  const { detail, errors = [] } = problem.data
  if (errors.length === 0) return plain(detail)
  const lines = errors.map((error) => plain(lineOf(error)))
  return lines.length === 1 ? `${lines[0] ?? ''}.` : `Not sent:\n${lines.map((line) => `  - ${line}`).join('\n')}`
}
