import { readFileSync } from 'node:fs'
import type { Mention } from '@surepost/shared/contracts'
import type { DraftRequest } from './drafter.ts'

/** The prompt in use: a file of its own for each version, named in every decision. Another wording is another file. */
export const PROMPT_VERSION = 'answer-v2'
const TEMPLATE = readFileSync(new URL(`../../prompts/${PROMPT_VERSION}.md`, import.meta.url), 'utf8')

type Told = Pick<DraftRequest, 'voice' | 'handle' | 'mention'>

/** Characters of one post and of a whole conversation that are shown: a bound on what one answer costs. */
const MOST_OF_MENTION = 2_000
const MOST_OF_TURN = 600

/** The instructions, in the operator's words and ours only. */
export const instructions = ({ voice, handle, mention }: Told): string =>
  TEMPLATE.replaceAll('{{handle}}', handle)
    .replaceAll('{{author}}', mention.author)
    .replaceAll('{{voice}}', () => (voice === '' ? 'friendly, plain and brief.' : voice))

/** Text as data: what looks like a tag in it is none. */
const asData = (text: string, most: number): string => {
  const shown = text.replaceAll('<', '‹').replaceAll('>', '›')
  return shown.length > most ? `${shown.slice(0, most)}…` : shown
}

const post = ({ author, text }: Pick<Mention, 'author' | 'text'>): string =>
  `<post author="@${author}">\n${asData(text, MOST_OF_TURN)}\n</post>`

/** The conversation and the mention, each marked as what somebody else wrote. */
export const untrusted = ({ mention }: Pick<DraftRequest, 'mention'>): string =>
  [
    '<conversation>',
    ...(mention.conversation ?? []).map(post),
    '</conversation>',
    `<mention author="@${mention.author}">\n${asData(mention.text, MOST_OF_MENTION)}\n</mention>`,
  ].join('\n')
