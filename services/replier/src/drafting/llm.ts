import { APIConnectionError, APIConnectionTimeoutError, APIError, OpenAI } from 'openai'
import { z } from 'zod'
import { PermanentError, ThrottledError, TransientError } from '@surepost/shared/errors'
import type { Drafter, DraftRequest } from './drafter.ts'
import { instructions, PROMPT_VERSION, untrusted } from './prompt.ts'

export interface LlmConfig {
  readonly baseUrl: string
  readonly apiKey: string
  readonly model: string
  readonly timeoutMs: number
}

const Output = z.strictObject({ reply: z.string().trim().min(1).max(1_000).nullable() })

/** Quota exhaustion without a time of its own is asked again after this. */
const QUOTA_PAUSE_MS = 60 * 60_000
const RATE_PAUSE_MS = 30_000

/** Drafts with any OpenAI-compatible endpoint. One request a draft: retrying is the queue's business. */
export const llmDrafter = (config: LlmConfig): Drafter => {
  const client = new OpenAI({
    baseURL: config.baseUrl,
    apiKey: config.apiKey,
    timeout: config.timeoutMs,
    maxRetries: 0,
  })
  return async (request) => {
    const text = await complete(client, config, request)
    return { text, drafter: `${config.model} ${PROMPT_VERSION}` }
  }
}

const complete = async (client: OpenAI, { model }: LlmConfig, request: DraftRequest): Promise<string> => {
  const completion = await client.chat.completions
    .create(
      {
        model,
        messages: [
          { role: 'system', content: instructions(request) },
          { role: 'user', content: untrusted(request) },
        ],
        response_format: { type: 'json_object' },
        max_completion_tokens: 300,
      },
      { signal: request.signal },
    )
    .catch((error: unknown) => {
      throw byConsequence(error, new Date())
    })
  const choice = completion.choices[0]
  if (choice === undefined) throw new TransientError('invalid_output: the model gave no choice')
  if (choice.finish_reason === 'content_filter' || (choice.message.refusal ?? null) !== null)
    throw new PermanentError('refusal', 'The model refused to answer this mention.')
  return replyOf(choice.message.content ?? '')
}

/** @throws TransientError when it is not the JSON that was asked for, PermanentError `refusal` when the reply is null */
export const replyOf = (content: string): string => {
  const parsed = Output.safeParse(jsonOf(content))
  if (!parsed.success)
    throw new TransientError('invalid_output: the model did not answer with the JSON that was asked for')
  if (parsed.data.reply === null) throw new PermanentError('refusal', 'The model chose not to answer this mention.')
  return parsed.data.reply
}

const jsonOf = (content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}

/** The consequence of each way a request can fail (OpenAI's documented status codes and error codes). */
export const byConsequence = (error: unknown, now: Date): Error => {
  if (error instanceof APIConnectionTimeoutError)
    return new TransientError('timeout: the model did not answer in time', { cause: error })
  if (error instanceof APIConnectionError)
    return new TransientError('server: the model cannot be reached', { cause: error })
  if (!(error instanceof APIError)) return new TransientError('the request failed', { cause: error })
  const quota = error.code === 'insufficient_quota'
  if (error.status === 429) {
    const seconds = Number(error.headers?.get('retry-after') ?? Number.NaN)
    const pause = Number.isFinite(seconds) ? seconds * 1_000 : quota ? QUOTA_PAUSE_MS : RATE_PAUSE_MS
    return new ThrottledError(
      quota ? 'quota: the quota of the model is used up' : 'rate: too many requests to the model',
      new Date(now.getTime() + pause),
    )
  }
  if (error.status === 401 || error.status === 403)
    return new PermanentError('authentication', 'The model does not accept LLM_API_KEY; check it and LLM_BASE_URL.')
  if (error.status !== undefined && error.status >= 500)
    return new TransientError(`server: the model answered ${error.status}`)
  return new PermanentError(
    'request',
    `The model refused the request with status ${error.status ?? 'none'}; check LLM_MODEL.`,
  )
}
