import { z } from 'zod'
import { AccountId, PostState, RemoveAccount } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { type Controlling, control, requireAccount } from './account-control.ts'
import { AccountParams } from './shapes.ts'

const ENDED: ReadonlySet<PostState> = new Set(['live', 'failed', 'missed', 'cancelled', 'deleted'])
/** States that something or somebody still brings to an end. */
const OPEN = PostState.options.filter((state) => !ENDED.has(state))
/** So many posts are named to whoever is refused. */
const NAMED = 5

/** @throws Problem `conflict` that names posts of the account which have not ended */
const refuseOpenPosts = async ({ posts }: Pick<Ports, 'posts'>, account: AccountId, signal: AbortSignal) => {
  const open = await posts.list({ states: OPEN, account, limit: NAMED + 1, after: undefined }, { signal })
  if (open.length === 0) return
  const named = open.slice(0, NAMED).map(({ id, state }) => `${id} (${state})`)
  const more = open.length > NAMED ? ' and more' : ''
  throw new Problem(
    'conflict',
    `Posts of ${account} have not ended: ${named.join(', ')}${more}. Cancel them, or wait for them, and ask again.`,
    { extra: { posts: open.slice(0, NAMED).map(({ id }) => id) } },
  )
}

export const removeAccount = (ports: Controlling & Pick<Ports, 'posts' | 'log'>) =>
  operation({
    method: 'delete',
    path: '/v1/accounts/:id',
    summary: 'Remove an account: its session is forgotten and nothing is begun on it any more; its history is kept',
    description:
      'Refused while a post of it has not ended. What is live stays live, and is not measured any more. PUT adds it again, to be signed in anew.',
    params: AccountParams,
    answers: { 200: z.object({ account: AccountId, removed: z.boolean() }) },
    async run({ params: { id } }, { client, signal }) {
      await requireAccount(ports, id, signal)
      await refuseOpenPosts(ports, id, signal)
      await control(ports, RemoveAccount, id, { account: id, by: client }, signal)
      // What is known of accounts is theirs whose brokers answered last: so that nothing is accepted for this one here.
      await ports.accounts.list({ signal }).catch((err: unknown) => {
        ports.log.warn(
          { err, account: id },
          'an account is removed, but this console could not ask again which there are',
        )
      })
      return { status: 200, body: { account: id, removed: true } }
    },
  })
