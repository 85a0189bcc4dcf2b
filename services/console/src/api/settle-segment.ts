import { z } from 'zod'
import { Instant, PlatformId, PostId, SettleAnswer, SettleSegment } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { expected } from '../http/expected.ts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { noSuchAccount } from './account-control.ts'
import { postToActOn } from './known-post.ts'

const ANSWER_MS = 10_000

const Params = z.object({ id: PostId, n: z.coerce.number('must be the number of a segment').int().min(0) })
const Word = z.strictObject(
  { live: z.union([z.literal(false), z.strictObject({ platformId: PlatformId })]), lookedAt: Instant.optional() },
  expected('must be {"live": false, "lookedAt"?} or {"live": {"platformId": "…"}}'),
)

const description = `For a post that needs attention because nobody saw what became of a create: look at the account's own
timeline and say it. "Not there" lets it be published again, within its time; it is taken only
of a look after the settle window; \`lookedAt\` says when that was, if it was not just now.`

type Settling = Pick<Ports, 'bus' | 'posts' | 'recent' | 'accounts' | 'locate'>

export const settleSegment = (ports: Settling) =>
  operation({
    method: 'post',
    path: '/v1/posts/:id/segments/:n/settle',
    summary: 'Say what became of a segment whose outcome is unknown',
    description,
    params: Params,
    body: Word,
    answers: { 200: z.object({ id: PostId, segment: z.int(), result: z.literal('settled') }) },
    async run({ params: { id, n }, body: { live, lookedAt } }, { client, signal }) {
      const { account, platform } = await postToActOn(ports, id, signal)
      const options = { shard: ports.accounts.shardOf(account), timeoutMs: ANSWER_MS, signal }
      const { handle } = (await ports.accounts.find(account, { signal })) ?? noSuchAccount(account)
      const found = live === false ? null : ports.locate(platform, handle, live.platformId)
      const word = { postId: id, segment: n, account, by: client, live: found, lookedAt }
      try {
        const answer = await ports.bus.ask(SettleSegment, word, SettleAnswer, options)
        if (answer.result === 'refused') throw new Problem('conflict', answer.detail)
        return { status: 200, body: { id, segment: n, result: answer.result } }
      } catch (cause) {
        if (!(cause instanceof UnavailableError)) throw cause
        const detail = `The ledger of account ${account} has not answered yet; ask again.`
        throw new Problem('unavailable', detail, { retryAfter: 5, cause })
      }
    },
  })
