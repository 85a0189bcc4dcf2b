import {
  type AccountId,
  type PlatformName,
  type PostContent,
  type PostId,
  textHashOf,
} from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { contentTroubles } from '../decisions/submission.ts'
import { type FieldError, Problem, invalid } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import type { AccountAnswer } from './shapes.ts'

/** @throws Problem `invalid` that names the accounts there are */
export const accountFor = async (ports: Ports, id: AccountId, signal: AbortSignal): Promise<AccountAnswer> => {
  const account = await ports.accounts.find(id, { signal })
  if (account !== undefined) return account
  const names = (await ports.accounts.list({ signal })).slice(0, 20).map((a) => a.id)
  const there =
    names.length > 0 ? `there are: ${names.join(', ')}` : 'there are none yet; add one with PUT /v1/accounts/:id'
  throw invalid([{ path: 'account', message: `there is no account "${id}"; ${there}` }])
}

const missingMedia = async (ports: Pick<Ports, 'media'>, content: PostContent): Promise<FieldError[]> => {
  const named = content.segments.flatMap((segment, s) =>
    segment.media.map(({ id }, m) => ({ id, path: `segments.${s}.media.${m}.id` })),
  )
  const held = await Promise.all(named.map(({ id }) => ports.media.has(id)))
  return named
    .filter((_, index) => held[index] !== true)
    .map(({ id, path }) => ({ path, message: `there is no image ${id}; upload it with POST /v1/media first` }))
}

/** @throws Problem `invalid` with everything that is wrong with the texts and the images */
export const checkContent = async (
  ports: Pick<Ports, 'measure' | 'media'>,
  content: PostContent,
  platform: PlatformName,
): Promise<void> => {
  const troubles = [
    ...contentTroubles(content, (text) => ports.measure(platform, text)),
    ...(await missingMedia(ports, content)),
  ]
  if (troubles.length > 0) throw invalid(troubles)
}

/** The ledger has the last word at `begin`: a submission does not wait for it. */
const PREDICT_MS = 1_000

/**
 * Tell at once what `begin` would say later: the same text is on this account already, inside the platform's duplicate window.
 * @throws Problem `same-text` with the first post's id
 */
export const refuseSameText = async (
  ports: Pick<Ports, 'accounts' | 'clock' | 'log'>,
  post: { readonly postId: PostId; readonly account: AccountId; readonly content: PostContent },
  scheduledAt: string | null,
  signal: AbortSignal,
): Promise<void> => {
  const hashes = post.content.segments.flatMap(({ text }) => textHashOf(text) ?? [])
  const read = { signal, deadlineMs: PREDICT_MS }
  const twin = await ports.accounts.sameText(post.account, hashes, post.postId, read).catch((error: unknown) => {
    ports.log.warn(
      { reason: messageOf(error) },
      'whether a text is there already could not be predicted; `begin` will say',
    )
    return undefined
  })
  const due = scheduledAt === null ? ports.clock.now() : new Date(scheduledAt)
  if (twin === undefined || due >= twin.until) return
  const until = twin.until.toISOString()
  const where = twin.platformId === null ? 'is being published' : `is live as ${twin.platformId}`
  const detail = `The same text ${where} on this account: it is post ${twin.postId}. Change it, or schedule it after ${until}.`
  throw new Problem('same-text', detail, { extra: { postId: twin.postId, platformId: twin.platformId, until } })
}
