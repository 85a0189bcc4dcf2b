import { z } from 'zod'
import { newId } from '@surepost/shared/contracts'
import type { DraftEnd, Drafter, DraftRequest, Spent } from './drafter.ts'
import type { Asked, Message, Model } from './model.ts'
import { instructions, PROMPT_VERSION, untrusted } from './prompt.ts'

const Output = z.strictObject({ reply: z.string().trim().min(1).max(2_000).nullable() })

/** A draft that cannot be used is asked for again, so often in all. */
const MOST_ASKS = 3
/** Of an answer that cannot be used, so much is shown to the model again. */
const MOST_SHOWN = 1_000

/** What an answer holds: a text, the model's wish not to answer, or nothing that was asked for. */
export const replyOf = (content: string): { readonly reply: string | null } | undefined => {
  try {
    return Output.safeParse(JSON.parse(content)).data
  } catch {
    return undefined
  }
}

const firstMessages = (request: Pick<DraftRequest, 'voice' | 'handle' | 'mention'>): readonly Message[] => [
  { role: 'system', content: instructions(request) },
  { role: 'user', content: untrusted(request) },
]

const correction = (content: string, say: string): readonly Message[] => [
  { role: 'assistant', content: content.slice(0, MOST_SHOWN) },
  { role: 'user', content: `${say} Answer again with JSON only: {"reply": "…"} or {"reply": null}.` },
]

/** Drafts with a model: each draft is checked, and one that cannot be used is asked for again, a bounded number of times. */
export const llmDrafter = (model: Model): Drafter => {
  const drafter = `${model.name} ${PROMPT_VERSION}`.slice(0, 200)
  return {
    most: (request) => mostOf(model, firstMessages(request)),
    async draft(request) {
      let messages = firstMessages(request)
      let fault = 'invalid_output'
      for (let n = 1; n <= MOST_ASKS; n += 1) {
        const asked = await book(model, messages, request)
        const read = readAnswer(asked, request, drafter)
        if (!('fault' in read)) return read
        fault = read.fault
        messages = [...firstMessages(request), ...correction(read.content, read.say)]
      }
      return { kind: 'none', reason: fault, failed: true, drafter }
    },
  }
}

/** The corrections of every further asking included, at their longest. */
const mostOf = (model: Model, first: readonly Message[]): Spent => {
  const longest = [...first, ...correction('€'.repeat(MOST_SHOWN), 'x'.repeat(200))]
  const [one, more] = [model.most(first), model.most(longest)]
  return {
    tokens: one.tokens + (MOST_ASKS - 1) * more.tokens,
    costMicros: one.costMicros + (MOST_ASKS - 1) * more.costMicros,
  }
}

/** One request, in the book before it is made. What the response does not say to have been spent stays in it whole. */
const book = async (
  model: Model,
  messages: readonly Message[],
  { book: ledger, signal }: DraftRequest,
): Promise<Asked> => {
  const request = newId()
  await ledger.open(request, model.name, model.most(messages))
  const asked = await model.ask(messages, signal)
  if (asked.kind !== 'failed' && asked.spent !== null) await ledger.close(request, model.name, asked.spent)
  return asked
}

interface Unusable {
  readonly fault: string
  readonly say: string
  readonly content: string
}

const readAnswer = (asked: Asked, { check }: DraftRequest, drafter: string): DraftEnd | Unusable => {
  if (asked.kind === 'failed')
    return { kind: 'wait', category: asked.category, detail: asked.detail, until: asked.until }
  if (asked.kind === 'refused') return { kind: 'none', reason: 'refusal', failed: true, drafter }
  const { content } = asked
  const output = replyOf(content)
  if (output === undefined)
    return { fault: 'invalid_output', say: 'That was not the JSON that was asked for.', content }
  if (output.reply === null) return { kind: 'none', reason: 'no_answer_wanted', failed: false, drafter }
  const fault = check(output.reply)
  return fault === null
    ? { kind: 'draft', text: output.reply, drafter }
    : { fault: REASONS[fault.code] ?? 'unsafe_draft', say: fault.say, content }
}

/** What becomes of a draft that keeps a fault; what is not here is unsafe. */
const REASONS: Readonly<Record<string, string>> = { too_long: 'invalid_output', near_duplicate: 'near_duplicate' }
