import type { PostView } from '../views/post-view.ts'
import type { Account, Post } from '../world/model.ts'
import type { World } from '../world/world.ts'

/** All that a post's article shows to one viewer. */
export const viewOf = (world: World, post: Post, viewer: Account | undefined): PostView => {
  const parent = post.inReplyTo === null ? undefined : world.post(post.inReplyTo)
  const quoted = post.quotes === null ? undefined : world.post(post.quotes)
  const quotedAuthor = quoted && quoted.deletedAt === null ? world.account(quoted.handle) : undefined
  const author = world.account(post.handle)
  if (!author) throw new RangeError(`The post ${post.id} has no author.`)
  const marked = (mark: 'like' | 'repost' | 'bookmark'): boolean =>
    viewer !== undefined && world.marked(post.id, viewer.handle, mark)
  return {
    post,
    author,
    figures: world.figures(post),
    mine: {
      liked: marked('like'),
      reposted: marked('repost'),
      bookmarked: marked('bookmark'),
      own: viewer?.handle === post.handle,
    },
    answering: parent?.handle,
    quoted: quoted && quotedAuthor ? { post: quoted, author: quotedAuthor } : undefined,
  }
}

/** The posts that lead to this one, the first one first, as far as they still are there. */
export const ancestorsOf = (
  world: World,
  post: Post,
): { readonly ancestors: readonly Post[]; readonly lost: boolean } => {
  const ancestors: Post[] = []
  let above = post.inReplyTo
  while (above !== null) {
    const parent = world.post(above)
    if (!parent || parent.deletedAt !== null) return { ancestors, lost: true }
    ancestors.unshift(parent)
    above = parent.inReplyTo
  }
  return { ancestors, lost: false }
}
