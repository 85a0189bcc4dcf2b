import type { PostId } from '@surepost/shared/contracts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import type { PostAnswer } from './shapes.ts'

type Known = Pick<Ports, 'posts' | 'recent'>

/**
 * A post as the database has it, or, while it is not recorded there yet, as this console saw it.
 * @throws UnavailableError while the database is away: what is recorded cannot be said then
 */
export const findPost = async (ports: Known, id: PostId, signal: AbortSignal): Promise<PostAnswer | undefined> =>
  (await ports.posts.find(id, { signal })) ?? ports.recent.find(id)

/** A post for acting on: what this console saw is enough, so that acting needs no database. @throws Problem `not-found` */
export const postToActOn = async (ports: Known, id: PostId, signal: AbortSignal): Promise<PostAnswer> =>
  ports.recent.find(id) ?? (await ports.posts.find(id, { signal })) ?? noSuchPost(id)

export const noSuchPost = (id: PostId): never => {
  throw new Problem('not-found', `There is no post ${id}. GET /v1/posts lists those that there are.`)
}
