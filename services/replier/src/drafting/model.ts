import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError, OpenAI } from 'openai'
import type { DeferCategory } from '@surepost/shared/contracts'
import type { Spent } from './drafter.ts'

export interface ModelConfig {
  readonly baseUrl: string
  readonly apiKey: string
  readonly model: string
  readonly timeoutMs: number
  /** Dollars for a million tokens, which is millionths of a dollar for one. */
  readonly inputPrice: number
  readonly outputPrice: number
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What a request to the model came to. `spent` is the response's own word; null when it said none. */
export type Asked =
  | { readonly kind: 'answered'; readonly content: string; readonly spent: Spent | null }
  | { readonly kind: 'refused'; readonly spent: Spent | null }
  | Failure

export interface Failure {
  readonly kind: 'failed'
  readonly category: Exclude<DeferCategory, 'budget' | 'outdated' | 'unlabelled'>
  readonly detail: string
  /** When the provider says that it is worth asking again. */
  readonly until: Date | null
}

/** A chat model behind any OpenAI-compatible address. One call is one request: trying again is its caller's business. */
export interface Model {
  readonly name: string
  ask(messages: readonly Message[], signal: AbortSignal): Promise<Asked>
  /** The most that a request can spend: a token is at least one byte. */
  most(messages: readonly Message[]): Spent
}

/** Tokens of one answer: 240 characters of any script, and the JSON around them. */
const MOST_OUTPUT = 400
/** Tokens that a provider adds around each message. */
const AROUND = 16

export const openModel = (config: ModelConfig): Model => {
  const client = new OpenAI({
    baseURL: config.baseUrl,
    apiKey: config.apiKey,
    timeout: config.timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
  })
  const spentOf = (input: number, output: number): Spent => ({
    tokens: input + output,
    costMicros: Math.ceil(input * config.inputPrice + output * config.outputPrice),
  })
  return {
    name: config.model,
    most: (messages) =>
      spentOf(
        messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + AROUND, 0),
        MOST_OUTPUT,
      ),
    async ask(messages, signal) {
      try {
        const { choices, usage } = await client.chat.completions.create(
          {
            model: config.model,
            messages: [...messages],
            response_format: { type: 'json_object' },
            max_completion_tokens: MOST_OUTPUT,
          },
          { signal },
        )
        const [choice] = choices
        const spent = usage ? spentOf(usage.prompt_tokens, usage.completion_tokens) : null
        const refused = choice?.finish_reason === 'content_filter' || (choice?.message.refusal ?? null) !== null
        return refused
          ? { kind: 'refused', spent }
          : { kind: 'answered', content: choice?.message.content ?? '', spent }
      } catch (error) {
        if (error instanceof APIUserAbortError) throw error
        return failureOf(error, new Date())
      }
    },
  }
}

const failed = (category: Failure['category'], detail: string, until: Date | null = null): Failure => ({
  kind: 'failed',
  category,
  detail,
  until,
})

/** `retry-after`: seconds, or a date (RFC 9110); OpenAI also says milliseconds. */
const retryAfter = (headers: Headers | undefined, now: Date): Date | null => {
  const milliseconds = Number(headers?.get('retry-after-ms') || Number.NaN)
  if (Number.isFinite(milliseconds)) return new Date(now.getTime() + milliseconds)
  const said = headers?.get('retry-after') ?? ''
  const seconds = Number(said || Number.NaN)
  if (Number.isFinite(seconds)) return new Date(now.getTime() + seconds * 1_000)
  const date = Date.parse(said)
  return Number.isNaN(date) ? null : new Date(date)
}

/** Codes of a quota that is used up, beside OpenAI's own: other providers say the same with a 402 or these words. */
const QUOTA_CODES: readonly string[] = ['insufficient_quota', 'quota_exceeded', 'billing_hard_limit_reached']

/** The consequence of each way a request can fail, by OpenAI's documented statuses and codes. Bodies are never repeated. */
export const failureOf = (error: unknown, now: Date): Failure | { readonly kind: 'refused'; readonly spent: null } => {
  if (error instanceof APIConnectionTimeoutError) return failed('timeout', 'The model did not answer in time.')
  if (error instanceof APIConnectionError) return failed('server', 'The model cannot be reached.')
  if (!(error instanceof APIError)) return failed('server', 'What the model answered is no completion.')
  const { status, code } = error
  const until = retryAfter(error.headers, now)
  if (status === 402 || QUOTA_CODES.includes(code ?? ''))
    return failed('quota', 'The quota of the model is used up.', until)
  if (status === 429) return failed('rate', 'The model takes no more requests for now.', until)
  if (status === 401 || status === 403)
    return failed('authentication', 'The model does not accept LLM_API_KEY: check it and LLM_BASE_URL.', until)
  if (status === 408) return failed('timeout', 'The model did not answer in time.', until)
  if (code === 'content_filter' || code === 'content_policy_violation') return { kind: 'refused', spent: null }
  if (status === undefined || status >= 500)
    return failed('server', `The model answered ${status ?? 'nothing'}.`, until)
  return failed('request', `The model refused the request with status ${status}: check LLM_MODEL.`, until)
}
