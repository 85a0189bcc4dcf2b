import type { Action, Millis } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import type { Decision, Write } from './writes.ts'

/**
 * Actions that are open or unknown without a living lease, and that nobody has asked for in a while: their command may
 * be lost, so it is sent again, a bounded number of times. Its repeat changes nothing that was settled.
 */
export const decideResends = (tables: Tables, now: Millis, policy: Policy): Decision<{ readonly resent: number }> => {
  const silent = tables.silent(now - policy.resendAfterMs, policy.maxResends)
  const posts = new Set<string>()
  const writes = silent.flatMap((action: Action): Write[] => {
    const touched: Write = { put: 'action', action: { ...action, touchedAt: now, resends: action.resends + 1 } }
    const command = tables.command(action.postId, action.revision)
    const first = !posts.has(`${action.postId} ${action.revision}`)
    posts.add(`${action.postId} ${action.revision}`)
    return command !== null && first ? [touched, { send: 'post.publish', body: command }] : [touched]
  })
  return { answer: { resent: posts.size }, writes }
}
