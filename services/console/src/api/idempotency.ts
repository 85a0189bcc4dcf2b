import type { PostId } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import type { Call } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports, Reservation } from '../ports.ts'
import type { PostAnswer } from './shapes.ts'

const KEY = /^[\x21-\x7e]{1,200}$/
/** A lookup that only saves work must not hold up a submission: the database may be away. */
const LOOKUP_MS = 1_500

/** @throws Problem `bad-request` when the header is there and is no key */
export const idempotencyKeyOf = (call: Call): string | undefined => {
  const key = call.header('idempotency-key')
  if (key !== undefined && !KEY.test(key))
    throw new Problem('bad-request', 'The Idempotency-Key must be 1 to 200 visible ASCII characters without spaces.')
  return key
}

/** What is known of the post that a key stands for. `maybe`: not here, and the database cannot be asked now. */
export type Known = { readonly post: PostAnswer } | { readonly post: undefined; readonly maybe: boolean }

export const knownPost = async (
  ports: Pick<Ports, 'posts' | 'recent'>,
  id: PostId,
  signal: AbortSignal,
): Promise<Known> => {
  const recent = ports.recent.isSent(id) ? ports.recent.find(id) : undefined
  if (recent !== undefined) return { post: recent }
  try {
    const post = await ports.posts.find(id, { signal, deadlineMs: LOOKUP_MS })
    return post === undefined ? { post, maybe: false } : { post }
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error
    return { post: undefined, maybe: true }
  }
}

const FIELDS = ['account', 'hash', 'scheduledAt', 'approval'] as const

/** @throws Problem `idempotency-conflict` when the key already stands for another body */
export const refuseOtherBody = (id: PostId, earlier: Reservation | undefined, now: Reservation): void => {
  if (earlier === undefined || FIELDS.every((field) => earlier[field] === now[field])) return
  const detail = `This Idempotency-Key stands for post ${id}, which has another body. Use a new key for a new post.`
  throw new Problem('idempotency-conflict', detail, { extra: { id } })
}
