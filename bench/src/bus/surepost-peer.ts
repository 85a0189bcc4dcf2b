import { type InputOf, JobRan } from '@surepost/shared/contracts'
import { connectBus, done, handle } from '@surepost/shared/messaging'
import { Registry } from '@surepost/shared/runtime'
import { pino } from 'pino'
import type { Peer, Route } from './peer.ts'

/** Our messaging: contracts checked on both sides, trace and correlation, metrics, a window that outlives reconnects. */
export const surepostPeer = async (
  { url, queue, window, prefetch }: Route,
  body: () => InputOf<typeof JobRan>,
): Promise<Peer> => {
  const log = pino({ level: 'silent' })
  const bus = await connectBus({ url, service: 'bench', shards: 1, log, registry: new Registry(), window })
  return {
    name: 'surepost',
    publish: () => bus.emit(JobRan, body()),
    consume: (onAcked) =>
      bus.consumeFacts(
        queue,
        [
          handle(JobRan, async () => {
            onAcked()
            return done
          }),
        ],
        { prefetch },
      ),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  }
}
