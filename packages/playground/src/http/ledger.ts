import type { Site } from '../site.ts'
import type { Figures } from '../world/model.ts'

/** One post as the site itself knows it. */
export interface LedgerEntry {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly createdAt: string
  readonly deletedAt: string | null
  /** As a page would show them at this moment. */
  readonly metrics: Figures
  readonly media: readonly {
    readonly id: string
    readonly type: string
    readonly alt: string
    readonly sha256: string
    readonly size: number
    readonly url: string
  }[]
}

/** Every post that the site holds or held, oldest first. */
export const ledgerOf = ({ world }: Site, baseUrl: string): readonly LedgerEntry[] =>
  world.allPosts().map((post) => ({
    id: post.id,
    handle: post.handle,
    text: post.text,
    inReplyTo: post.inReplyTo,
    createdAt: post.createdAt.toISOString(),
    deletedAt: post.deletedAt?.toISOString() ?? null,
    metrics: world.figures(post),
    media: post.media.map((media) => ({ ...media, url: `${baseUrl}/media/${media.id}` })),
  }))
