import {
  FACTS,
  postState,
  type AccountId,
  type AccountPaused,
  type ApprovedPost,
  type BodyOf,
  type PostFact,
  type PostState,
} from '@surepost/shared/contracts'
import type { RecordedFact } from '@surepost/shared/messaging'
import { eventually } from '@surepost/testkit'
import { expect } from 'vitest'
import { z } from 'zod'
import { PATIENCE, handleOf, type Stage } from './stage.ts'

const isOf =
  ({ postId }: ApprovedPost) =>
  ({ body }: RecordedFact): boolean =>
    (body as { readonly postId?: unknown }).postId === postId

const OF_POSTS = new Set<string>(FACTS.map(({ type }) => type).filter((type) => type.startsWith('post.')))

/** What was said of a post, in the order of its coming. */
export const factsOf = ({ facts }: Stage, post: ApprovedPost): readonly PostFact[] =>
  facts.filter(isOf(post)).filter(({ type }) => OF_POSTS.has(type)) as PostFact[]

export const typesOf = (stage: Stage, post: ApprovedPost): readonly string[] =>
  factsOf(stage, post).map(({ type }) => type.replace('post.', ''))

export const stateOf = (stage: Stage, post: ApprovedPost): PostState | null => postState(factsOf(stage, post))

export const becomes = async (stage: Stage, post: ApprovedPost, state: PostState): Promise<void> => {
  await eventually(() => expect(stateOf(stage, post), typesOf(stage, post).join(' ')).toBe(state), PATIENCE)
}

/** What of a post is on the site: its texts and what each answers, whoever wrote it there and however often. */
const onSite = ({ site }: Stage, { account, content }: ApprovedPost) => {
  const wanted = new Set(content.segments.map(({ text }) => text))
  return site.world.allPosts().filter(({ handle, text }) => handle === handleOf(account) && wanted.has(text))
}

/** Each segment is on the site once, in order, each an answer to the one before, and recorded with its true id. */
export const expectOnce = (stage: Stage, post: ApprovedPost): void => {
  const there = onSite(stage, post)
  const inOrder = post.content.segments.map(({ text }, n) => ({ text, inReplyTo: there[n - 1]?.id ?? null }))
  expect(there.map(({ text, inReplyTo }) => ({ text, inReplyTo }))).toEqual(inOrder)
  const published = factsOf(stage, post).filter((fact) => fact.type === 'post.segment_published')
  for (const n of post.content.segments.keys())
    expect([...new Set(published.filter(({ body }) => body.segment === n).map(({ body }) => body.platformId))]).toEqual(
      [there[n]?.id],
    )
}

/** The post ends live: on the site once, and recorded. It is looked at again when all tests of the file are over. */
export const liveOnce = async (stage: Stage, post: ApprovedPost): Promise<void> => {
  await becomes(stage, post, 'live')
  expectOnce(stage, post)
}

export const nothingOnSite = (stage: Stage, post: ApprovedPost): void => expect(onSite(stage, post)).toEqual([])

/** The last word on an alert: raised, cleared, or undefined when nothing was said of it. */
export const alertOf = ({ facts }: Stage, key: string): 'raised' | 'cleared' | undefined => {
  const said = facts.filter(({ type, body }) => type.startsWith('alert.') && (body as { key?: string }).key === key)
  const last = said.at(-1)?.type
  return last === 'alert.raised' ? 'raised' : last === 'alert.cleared' ? 'cleared' : undefined
}

/** Until when an account rests, by the last fact that said so; null: until a person resumes it. */
export const restsUntil = ({ facts }: Stage, account: AccountId): string | null | undefined => {
  const bodies = facts
    .filter(({ type }) => type === 'account.paused')
    .map(({ body }) => body as BodyOf<typeof AccountPaused>)
  return bodies.findLast((body) => body.account === account)?.until
}

/** The ids that the database has for a post's segments, in their order. */
export const recordedIds = async ({ env }: Stage, { postId }: ApprovedPost): Promise<readonly (string | null)[]> => {
  const { supabaseUrl, supabaseKey: apikey } = env.endpoints
  const query = `post_id=eq.${postId}&select=platform_id&order=segment`
  const response = await fetch(`${supabaseUrl}/rest/v1/segments?${query}`, {
    headers: { apikey, authorization: `Bearer ${apikey}` },
  })
  const rows = z.array(z.object({ platform_id: z.string().nullable() })).parse(await response.json())
  return rows.map((row) => row.platform_id)
}
