import { z } from 'zod'
import { request } from './request.ts'

export interface Submission {
  readonly account: string
  readonly segments: readonly {
    readonly text: string
    readonly media: readonly { readonly id: string; readonly alt: string }[]
  }[]
  readonly replyTo?: { readonly platformId: string; readonly author: string }
  readonly scheduledAt?: string
}

const Accepted = z.looseObject({ id: z.string() })
const CancelAnswer = z.looseObject({ result: z.enum(['cancelled', 'too_late']) })

/** The operator's API, as any client of it sees it. */
export interface Console {
  putAccount(id: string, config: unknown): Promise<void>
  putSession(id: string, storageState: unknown): Promise<void>
  /** @returns the image's id */
  upload(png: Uint8Array): Promise<string>
  /** @param key its Idempotency-Key. @returns the post's id */
  submit(submission: Submission, key: string): Promise<string>
  cancel(postId: string): Promise<'cancelled' | 'too_late'>
}

export const consoleAt = (url: string, apiKey: string, signal: AbortSignal): Console => {
  const authorization = `Bearer ${apiKey}`
  const call = (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> =>
    request(`${url}/v1/${path}`, { method, headers: { authorization, ...headers }, body, signal, timeoutMs: 15_000 })
  return {
    putAccount: async (id, config) => void (await call('PUT', `accounts/${id}`, config)),
    putSession: async (id, storageState) => void (await call('PUT', `accounts/${id}/session`, storageState)),
    upload: async (png) => Accepted.parse(await call('POST', 'media', png, { 'content-type': 'image/png' })).id,
    submit: async (submission, key) =>
      Accepted.parse(await call('POST', 'posts', submission, { 'idempotency-key': key })).id,
    cancel: async (postId) => CancelAnswer.parse(await call('POST', `posts/${postId}/cancel`, {})).result,
  }
}
