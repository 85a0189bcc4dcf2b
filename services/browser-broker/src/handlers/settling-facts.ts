import {
  type AccountId,
  LedgerMarked,
  MentionOptedOut,
  SegmentCorrected,
  SegmentDeleted,
  SegmentMissing,
  SegmentPublished,
  shardOf,
} from '@surepost/shared/contracts'
import { type Outcome, type Route, done, handle } from '@surepost/shared/messaging'
import type { Logger } from 'pino'
import type { Settled } from '../ledger/decide-settle.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface SettlingPorts {
  readonly ledger: Pick<Ledger, 'ask' | 'care'>
  readonly shard: number
  readonly shards: number
  readonly log: Logger
}

const BEHIND = 'this ledger is behind what it has said: a backup was restored. It begins anew and asks the platform'

/**
 * The facts that settle actions, wherever they come from: what an audit found, or a poster said by itself, is never
 * published again. Every shard hears all and takes its own accounts'.
 */
export const settlingRoutes = (ports: SettlingPorts, marked: (mark: string) => void): Route[] => {
  const { ledger, shard, shards, log } = ports
  const ours = (account: AccountId): boolean => shardOf(account, shards) === shard
  const settle = async (postId: string, settled: Promise<Settled>): Promise<Outcome> => {
    const result = await settled
    if (result === 'conflict') log.error({ postId }, 'a fact speaks against the ledger; an alert was raised')
    return done
  }
  return [
    handle(SegmentPublished, async ({ body }) => {
      if (!ours(body.account)) return done
      // Both are put to the ledger at once, so that facts keep their order there.
      const [reborn, settled] = await Promise.all([
        body.ledger === null ? null : ledger.care('hear', body.ledger),
        settle(body.postId, ledger.ask('published', body)),
      ])
      if (reborn !== null) log.error({ ledger: reborn }, BEHIND)
      return settled
    }),
    handle(SegmentCorrected, async ({ body }) =>
      ours(body.account) ? settle(body.postId, ledger.ask('corrected', body)) : done,
    ),
    handle(SegmentDeleted, async ({ body }) =>
      ours(body.account) ? settle(body.postId, ledger.ask('deleted', body)) : done,
    ),
    handle(SegmentMissing, async ({ body }) =>
      ours(body.account) ? settle(body.postId, ledger.ask('missing', body)) : done,
    ),
    handle(MentionOptedOut, async ({ body }) => {
      // Of whichever account: every shard knows everybody who wants no answers.
      await ledger.ask('optOut', body)
      return done
    }),
    handle(LedgerMarked, async ({ body }) => {
      // Behind every fact before it: the ledger carries out what it is asked in order.
      await ledger.care('status')
      marked(body.mark)
      return done
    }),
  ] as Route[]
}
