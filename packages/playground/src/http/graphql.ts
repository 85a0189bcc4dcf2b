import express, { type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import type { Site } from '../site.ts'
import type { Account, Attachment, Post } from '../world/model.ts'
import { breachOf } from '../world/rules.ts'
import { lose, pause, tooMany } from './strikes.ts'
import { hasCsrfToken, visitorOf } from './visitor.ts'

const PostIdText = z.string().regex(/^\d{15,20}$/u)

const CreateTweet = z.object({
  variables: z.object({
    tweet_text: z.string().max(100_000),
    reply: z.object({ in_reply_to_tweet_id: PostIdText }).optional(),
    attachment_url: z.string().optional(),
    media: z.object({ media_entities: z.array(z.object({ media_id: PostIdText })) }).optional(),
  }),
})
const OnePost = z.object({ variables: z.object({ tweet_id: PostIdText }) })

/** X's own form of a time: `Wed Oct 10 20:19:24 +0000 2018`. */
const xTime = (at: Date): string =>
  at.toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/u, '$1 $3 $2 $5 +0000 $4')

/** What X answers to a create. */
const created = (post: Post, author: Account): object => ({
  data: {
    create_tweet: {
      tweet_results: {
        result: {
          rest_id: post.id,
          core: {
            user_results: {
              result: { core: { name: author.name, screen_name: author.handle }, rest_id: author.handle },
            },
          },
          legacy: {
            id_str: post.id,
            full_text: post.text,
            created_at: xTime(post.createdAt),
            ...(post.inReplyTo === null ? {} : { in_reply_to_status_id_str: post.inReplyTo }),
          },
        },
      },
    },
  },
})

const refuse = (response: Response, code: number, message: string): void =>
  void response.json({ errors: [{ message, code, kind: 'Permissions', name: 'AuthorizationError' }], data: {} })

const REFUSALS: Readonly<Record<number, string>> = {
  64: 'Your account is suspended and is not permitted to access this feature. (64)',
  186: 'Authorization: Tweet needs to be a bit shorter. (186)',
  187: 'Authorization: Status is a duplicate. (187)',
  226: 'Authorization: This request looks like it might be automated. To protect our users from spam and other malicious activity, we can’t complete this action right now. (226)',
  326: 'To protect our users from spam and other malicious activity, this account is temporarily locked. (326)',
  344: 'Authorization: You have reached your daily limit for sending Tweets and messages. (344)',
}

/** The signed-in caller, or an answer that says why there is none. */
const callerOf = (site: Site, request: Request, response: Response): Account | undefined => {
  const account = visitorOf(request, site.world)
  if (!account) response.status(401).json({ errors: [{ code: 32, message: 'Could not authenticate you.' }] })
  else if (!hasCsrfToken(request, account))
    response
      .status(403)
      .json({ errors: [{ code: 353, message: 'This request requires a matching csrf cookie and header.' }] })
  else return account
  return undefined
}

/** The images that a create names; `undefined` when one of them was never uploaded. */
const attachmentsOf = (site: Site, body: z.infer<typeof CreateTweet>): readonly Attachment[] | undefined => {
  const media = (body.variables.media?.media_entities ?? []).map(({ media_id }) => site.uploads.get(media_id))
  const known = media.filter((one) => one !== undefined)
  return known.length === media.length ? known : undefined
}

const quotedId = (url: string | undefined): string | null => /\/status\/(\d+)$/u.exec(url ?? '')?.[1] ?? null

const createTweet =
  (site: Site) =>
  async (request: Request, response: Response): Promise<void> => {
    const caller = callerOf(site, request, response)
    if (!caller) return
    const body = CreateTweet.safeParse(request.body)
    if (!body.success) return refuse(response, 214, 'Bad request.')
    const { tweet_text: text, reply, attachment_url: quotedUrl } = body.data.variables
    const strikes = site.faults.strike('create', { handle: caller.handle, matching: text })
    for (const { effect, delayMs } of strikes) {
      if (effect.does === 'wait') await pause(delayMs)
      if (effect.does === 'refuse') return refuse(response, effect.code, REFUSALS[effect.code] ?? 'Refused.')
      if (effect.does === 'too_many') return tooMany(response, { effect, delayMs }, site.world.now())
    }
    if (lose(response, strikes, 'before')) return
    const media = attachmentsOf(site, body.data)
    if (!media) return refuse(response, 324, 'The validation of media ids failed. (324)')
    const inReplyTo = reply?.in_reply_to_tweet_id ?? null
    const breach = breachOf(
      site.world,
      { handle: caller.handle, text, inReplyTo, attachments: media.length },
      site.duplicateWindowMs,
    )
    if (breach) return refuse(response, breach.code, breach.message)
    const post = site.world.addPost({ handle: caller.handle, text, inReplyTo, quotes: quotedId(quotedUrl), media })
    for (const { effect, delayMs } of strikes) if (effect.does === 'hold') await pause(delayMs)
    if (lose(response, strikes, 'after')) return
    response.json(created(post, caller))
  }

const deleteTweet =
  (site: Site) =>
  (request: Request, response: Response): void => {
    const caller = callerOf(site, request, response)
    if (!caller) return
    const body = OnePost.safeParse(request.body)
    const post = body.success ? site.world.post(body.data.variables.tweet_id) : undefined
    if (!post || post.deletedAt !== null) return refuse(response, 144, 'No status found with that ID. (144)')
    if (post.handle !== caller.handle) return refuse(response, 183, 'You may not delete another user’s status. (183)')
    const strikes = site.faults.strike('delete', { handle: caller.handle, matching: post.text })
    if (lose(response, strikes, 'before')) return
    site.world.deletePost(post.id)
    if (lose(response, strikes, 'after')) return
    response.json({ data: { delete_tweet: { tweet_results: {} } } })
  }

// prettier-ignore
const MARKS = {
  FavoriteTweet: ['like', true], UnfavoriteTweet: ['like', false], CreateRetweet: ['repost', true], DeleteRetweet: ['repost', false], CreateBookmark: ['bookmark', true], DeleteBookmark: ['bookmark', false],
} as const

/** X's GraphQL operations that the page calls: `POST /i/api/graphql/<hash>/<operation>`. */
export const graphql = (site: Site): Router => {
  const router = express.Router()
  router.use(express.json({ limit: '1mb' }))
  router.post('/:hash/CreateTweet', createTweet(site))
  router.post('/:hash/DeleteTweet', deleteTweet(site))
  for (const [operation, [mark, on]] of Object.entries(MARKS)) {
    router.post(`/:hash/${operation}`, (request, response) => {
      const caller = callerOf(site, request, response)
      if (!caller) return
      const body = OnePost.safeParse(request.body)
      if (!body.success || !site.world.post(body.data.variables.tweet_id))
        return refuse(response, 144, 'No status found with that ID. (144)')
      site.world.mark(body.data.variables.tweet_id, caller.handle, mark, on)
      response.json({ data: {} })
    })
  }
  return router
}
