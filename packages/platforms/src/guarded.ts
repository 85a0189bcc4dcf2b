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
}

/** What stands for the platform or its pages not working; all else is the platform's word about one account or one post. */
const TROUBLES: ReadonlySet<unknown> = new Set(['went_wrong', 'not_loaded', 'unknown_page'])

const didNotWork = (result: Result): boolean => {
  if ('kind' in result) return result.kind === 'unreadable' && TROUBLES.has(result.cause)
  return result.outcome === 'unknown' || (result.outcome === 'not_created' && result.refusal.kind === 'trouble')
}

/**
 * A session whose calls go through breakers. While one is open nothing is tried: a create answers that it was not created,
 * and every other call throws UnavailableError. What the end of a lease or of the service stopped says nothing.
 */
export const guarded = (
  session: PlatformSession,
  breakers: Pick<Breakers<Tried>, 'execute'>,
  keys: readonly string[],
): PlatformSession => {
  const through = async <T extends Result>({ signal }: Call, work: () => Promise<T>): Promise<T> => {
    const { result } = await breakers.execute(keys, async () => {
      const tried = await work()
      return { result: tried, failed: !signal.aborted && didNotWork(tried) }
    })
    return result
  }
  return {
    readProfile: (call) => through(call, () => session.readProfile(call)),
    checkSession: (call) => through(call, () => session.checkSession(call)),
    findOwnPost: (wanted, call) => through(call, () => session.findOwnPost(wanted, call)),
    readPost: (wanted, call) => through(call, () => session.readPost(wanted, call)),
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
