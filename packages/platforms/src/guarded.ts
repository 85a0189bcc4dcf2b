import { UnavailableError } from '@surepost/shared/errors'
import type { Breakers } from '@surepost/shared/runtime'
import type {
  Call,
  CreateResult,
  ListReading,
  PlatformSession,
  PostReading,
  ProfileReading,
  SessionReading,
} from './platform.ts'

type Result =
  | CreateResult
  | PostReading
  | ListReading<unknown>
  | SessionReading
  | ProfileReading
  | { readonly outcome: 'deleted' }

/** One call on a session, as a breaker sees it. */
export interface Tried {
  readonly failed: boolean
  /** What it was about: the same thing failing again and again says nothing of the platform. */
  readonly subject?: string
}

/** What stands for the platform or its pages not working; all else is the platform's word about one account or one post. */
const TROUBLES: ReadonlySet<unknown> = new Set(['went_wrong', 'not_loaded', 'unknown_page'])

const didNotWork = (result: Result): boolean => {
  if ('kind' in result) return result.kind === 'unreadable' && TROUBLES.has(result.cause)
  return result.outcome === 'unknown' || (result.outcome === 'not_created' && result.refusal.kind === 'trouble')
}

/**
 * A session whose calls go through breakers. While one is open nothing is tried: a create answers that it was not created,
 * and every other call throws UnavailableError. @param subject what the calls are about, where they do not say it themselves: a post, an account.
 * What the end of a lease or of the service stopped says nothing.
 */
export const guarded = (
  session: PlatformSession,
  breakers: Pick<Breakers<Tried>, 'execute'>,
  keys: readonly string[],
  subject: string,
): PlatformSession => {
  const through = async <T extends Result>({ signal }: Call, work: () => Promise<T>, about = subject): Promise<T> => {
    const { result } = await breakers.execute(keys, async () => {
      const tried = await work()
      return { result: tried, failed: !signal.aborted && didNotWork(tried), subject: about }
    })
    return result
  }
  return {
    readProfile: (call) => through(call, () => session.readProfile(call)),
    checkSession: (call) => through(call, () => session.checkSession(call)),
    findOwnPost: (wanted, call) => through(call, () => session.findOwnPost(wanted, call)),
    readPost: (wanted, call) => through(call, () => session.readPost(wanted, call), wanted.platformId),
    readMentions: (since, call) => through(call, () => session.readMentions(since, call)),
    readTimeline: (since, call) => through(call, () => session.readTimeline(since, call)),
    deleteOwnPost: (platformId, call) => through(call, () => session.deleteOwnPost(platformId, call)),
    async publishSegment(draft, call) {
      try {
        return await through(call, () => session.publishSegment(draft, call))
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error
        return { outcome: 'not_created', refusal: { kind: 'away', detail: error.message } }
      }
    },
  }
}
