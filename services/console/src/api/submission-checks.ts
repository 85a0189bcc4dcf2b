import type { AccountId, PlatformName, PostContent } from '@surepost/shared/contracts'
import { contentTroubles } from '../decisions/submission.ts'
import { type FieldError, invalid } from '../http/problems.ts'
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

const missingMedia = async (ports: Ports, content: PostContent): Promise<FieldError[]> => {
  const named = content.segments.flatMap((segment, s) =>
    segment.media.map(({ id }, m) => ({ id, path: `segments.${s}.media.${m}.id` })),
  )
  const held = await Promise.all(named.map(({ id }) => ports.media.has(id)))
  return named
    .filter((_, index) => held[index] !== true)
    .map(({ id, path }) => ({ path, message: `there is no image ${id}; upload it with POST /v1/media first` }))
}

/** @throws Problem `invalid` with everything that is wrong with the texts and the images */
export const checkContent = async (ports: Ports, content: PostContent, platform: PlatformName): Promise<void> => {
  const troubles = [
    ...contentTroubles(content, (text) => ports.measure(platform, text)),
    ...(await missingMedia(ports, content)),
  ]
  if (troubles.length > 0) throw invalid(troubles)
}
