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

/** Every post that the site holds or held, oldest first; only those created after `since` where that is given. */
export const ledgerOf = ({ world }: Site, baseUrl: string, since?: Date): readonly LedgerEntry[] => {
  const posts = world.allPosts()
  const wanted = since === undefined ? posts : posts.filter(({ createdAt }) => createdAt > since)
  return wanted.map((post) => ({
    id: post.id,
    handle: post.handle,
    text: post.text,
    inReplyTo: post.inReplyTo,
    createdAt: post.createdAt.toISOString(),
    deletedAt: post.deletedAt?.toISOString() ?? null,
    metrics: world.figures(post),
    media: post.media.map((media) => ({ ...media, url: `${baseUrl}/media/${media.id}` })),
  }))
}
