import { z } from 'zod'
import { Instant, PlatformId } from './ids.ts'

/** Somebody's post that names or answers one of our accounts, as it was seen. */
export const Mention = z.strictObject({
  platformId: PlatformId,
  /** Handle without the @. */
  author: z.string().min(1).max(64),
  text: z.string().max(25_000),
  inReplyTo: PlatformId.nullable(),
  createdAt: Instant,
  url: z.url(),
})
export type Mention = z.infer<typeof Mention>
