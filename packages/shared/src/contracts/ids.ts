import { createHash } from 'node:crypto'
import { v5, v7 } from 'uuid'
import { z } from 'zod'

/** An account's name inside Surepost, chosen by its operator: lower case, digits and dashes. */
export const AccountId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits or dashes')
  .brand<'AccountId'>()
export type AccountId = z.infer<typeof AccountId>

export const PostId = z.uuid().brand<'PostId'>()
export type PostId = z.infer<typeof PostId>

/** The networks that an adapter exists for. */
export const PlatformName = z.enum(['x'])
export type PlatformName = z.infer<typeof PlatformName>

/**
 * The id that the platform itself gave to a post: 15 to 20 digits on X. It comes from the platform or is absent;
 * the pattern makes placeholders (`pending_…`) and millisecond timestamps unrepresentable.
 */
export const PlatformId = z
  .string()
  .regex(/^[1-9]\d{14,19}$/, 'must be an id that the platform gave: 15 to 20 digits')
  .brand<'PlatformId'>()
export type PlatformId = z.infer<typeof PlatformId>

/** The id of a stored image: the SHA-256 of its bytes in hex, so the same bytes are stored once. */
export const MediaId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the id that POST /v1/media answered')
  .brand<'MediaId'>()
export type MediaId = z.infer<typeof MediaId>

/** SHA-256 in hex. */
export const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Hash'>()
export type Hash = z.infer<typeof Hash>

export const Instant = z.iso.datetime({
  offset: false,
  precision: 3,
  error: 'must be an instant like 2026-01-31T12:00:00.000Z',
})

// Namespaces of our derived ids (random UUIDs, fixed for ever: changing one makes every repeat a new post).
const SUBMISSION = '5b0cba5e-7d0c-4b0e-9a66-0f2f7d1c5a10'
const ANSWER = 'c1f0ab0e-2b0f-4f8e-8d53-6f1c2f7a9e21'
const CHECK = '8f9d1f0a-6c55-4a5e-b8b8-2f5b8d0f3c32'
const MESSAGE = '2f6c3c8e-9a51-4c55-8f0e-1d6f7b8a4e77'

const named = (namespace: string, ...parts: readonly string[]): string => v5(JSON.stringify(parts), namespace)

/** Random bytes, drawn for many ids at once: asking the system for each would be most of what an id costs. */
const pool = new Uint8Array(16 * 256)
let drawn = pool.length
const random = (): Uint8Array => {
  if (drawn === pool.length) {
    crypto.getRandomValues(pool)
    drawn = 0
  }
  return pool.subarray(drawn, (drawn += 16))
}

let msecs = -Infinity
let seq = 0
/** A new id that sorts by the time of its making, among those of one process within a millisecond too (UUIDv7). */
export const newId = (): string => {
  const bytes = random()
  const now = Date.now()
  if (now > msecs) {
    msecs = now
    // 31 random bits, so that there is room to count up.
    seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) >>> 1
  } else {
    seq = (seq + 1) >>> 0
    if (seq === 0) msecs += 1
  }
  return v7({ random: bytes, msecs, seq })
}
export const newPostId = (): PostId => PostId.parse(newId())

/** The id of a submission that named an Idempotency-Key: a repeat gives the same id, with no database at hand. */
export const submittedPostId = (client: string, idempotencyKey: string): PostId =>
  PostId.parse(named(SUBMISSION, client, idempotencyKey))

/** The id of the one answer that an account may give to a mention. */
export const answerPostId = (account: AccountId, mention: PlatformId): PostId =>
  PostId.parse(named(ANSWER, account, mention))

/** The id of one due reading of one segment, `afterSeconds` after it went live. */
export const checkId = (postId: PostId, segment: number, afterSeconds: number): string =>
  named(CHECK, postId, String(segment), String(afterSeconds))

/**
 * The id of a message (fact or command) that one revision of a post has only one of, whoever says it and however often:
 * a repeat is the same message. It does not hold the content: were a repeat to carry another one, the first stands.
 */
export const messageIdOf = (type: string, postId: PostId, revision: number): string =>
  named(MESSAGE, type, postId, String(revision))

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The id of the one fact that says "this mention was seen by this account". */
export const mentionFactId = (account: AccountId, mention: PlatformId): string =>
  named(ANSWER, 'seen', account, mention)

/** The id of the one fact that says "the author of this mention wants no answers". */
export const optOutFactId = (account: AccountId, mention: PlatformId): string =>
  named(ANSWER, 'opted out', account, mention)
