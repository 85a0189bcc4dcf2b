import { z } from 'zod'
import { Instant, PlatformId } from './ids.ts'

/** A post of a conversation, above a mention. */
export const Turn = z.strictObject({
  platformId: PlatformId,
  author: z.string().min(1).max(64),
  text: z.string().max(25_000),
})
export type Turn = z.infer<typeof Turn>

/** Somebody's post that names or answers one of our accounts, as it was seen. */
export const Mention = z.strictObject({
  platformId: PlatformId,
  /** Handle without the @. */
  author: z.string().min(1).max(64),
  text: z.string().max(25_000),
  inReplyTo: PlatformId.nullable(),
  createdAt: Instant,
  url: z.url(),
  /** What stands above it on its own page, oldest first, at most the last ten. Left out: its page was not read. */
  conversation: z.array(Turn).max(10).optional(),
})
export type Mention = z.infer<typeof Mention>
