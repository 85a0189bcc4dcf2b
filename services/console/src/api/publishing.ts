import { type Dispatch, type Submitted, PostDispatched, PostSubmitted, PublishPost } from '@surepost/shared/contracts'
import type { Ports } from '../ports.ts'

type Publishing = Pick<Ports, 'bus' | 'recent' | 'accounts'>

/** Fact, then command: a command without its fact would publish what nobody knows of. Each is confirmed before the next. */
export const sendDispatch = async (ports: Publishing, dispatch: Dispatch, signal: AbortSignal): Promise<void> => {
  const { fact, command, notBefore } = dispatch
  await ports.bus.emit(PostDispatched, fact.body, { id: fact.id, signal })
  ports.recent.observe({ id: fact.id, type: PostDispatched.type, body: fact.body })
  await ports.bus.send(PublishPost, command.body, {
    id: command.id,
    shard: ports.accounts.shardOf(command.body.account),
    signal,
    ...(notBefore === null ? {} : { notBefore }),
  })
}

/** @throws UnavailableError, UnroutableError: then a part may have been sent, and the same again is harmless */
export const sendSubmission = async (ports: Publishing, submission: Submitted, signal: AbortSignal): Promise<void> => {
  const { submitted, dispatch } = submission
  await ports.bus.emit(PostSubmitted, submitted.body, { id: submitted.id, signal })
  ports.recent.observe({ id: submitted.id, type: PostSubmitted.type, body: submitted.body })
  if (dispatch !== null) await sendDispatch(ports, dispatch, signal)
  ports.recent.sent(submitted.body.postId)
}
