import {
  AccountConfig,
  AlertCleared,
  AlertRaised,
  AuditAccount,
  CollectMetrics,
  DEFAULT_BUDGETS,
  DeleteSegment,
  DraftReply,
  HarvestMentions,
  MentionHarvested,
  newId,
} from '@surepost/shared/contracts'
import { connectDatabase } from '@surepost/shared/database'
import { done, handle, reject } from '@surepost/shared/messaging'
import { Registry, silentLogger } from '@surepost/shared/runtime'
import { type IsolatedEnvironment, eventually } from '@surepost/testkit'
import type { BehindGates } from '../integration/behind-gates.ts'
import { type StagedFact, alerts, answer, jobs, mixedPosts, publishedDay } from './staged-facts.ts'

/** What happens with a day of an installation in it: every view has something to show. */
export interface Stage extends AsyncDisposable {
  /** Ids of messages that the scraper's stand-in took. */
  readonly taken: string[]
  /** A thread that is live with figures over time; an answer in review; a post that needs a person. */
  readonly ids: { readonly live: string; readonly answer: string; readonly unknown: string }
  /** Reasons for which the next commands are refused; empty: they are done. */
  readonly refusing: string[]
}

const accounts = (broker: BehindGates['api']['broker']): void => {
  const used = { post: { lastHour: 3, lastDay: 21 }, reply: { lastHour: 1, lastDay: 6 } }
  const config = (id: string, handleOf: string) =>
    AccountConfig.parse({ id, platform: 'x', handle: handleOf, budgets: DEFAULT_BUDGETS })
  broker.accounts.set('ada', { config: config('ada', 'ada_writes'), paused: null, session: 'ready', used })
  broker.accounts.set('grace', {
    config: config('grace', 'grace_codes'),
    paused: { reason: 'The platform asks for a sign-in.', until: null },
    session: 'ready',
    used: { post: { lastHour: 9, lastDay: 44 }, reply: { lastHour: 0, lastDay: 2 } },
  })
  broker.accounts.set('lin', { config: config('lin', 'lin_measures'), paused: null, session: 'none' })
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString()
  const lease = (account: string, leaseClass: string, since: number) => ({
    leaseId: newId(),
    account,
    class: leaseClass,
    state: 'active',
    grantedAt: at(-since),
    expiresAt: at(180_000 - since),
  })
  broker.leases = [lease('ada', 'act', 12_000), lease('lin', 'background', 41_000)]
}

/** The services that take messages, as far as the console sees them. */
const consumers = async (bus: BehindGates['api']['bus'], taken: string[], refusing: string[]) => {
  const nothing = async () => done
  const collect = handle(CollectMetrics, async ({ id }) => {
    const reason = refusing.shift()
    if (reason !== undefined) return reject(reason, new Error(reason))
    taken.push(id)
    return done
  })
  return [
    await bus.consume([collect], { prefetch: 1 }),
    await bus.consume([handle(HarvestMentions, nothing)], { prefetch: 1 }),
    await bus.consume([handle(AuditAccount, nothing)], { prefetch: 1 }),
    await bus.consume([handle(DraftReply, nothing)], { prefetch: 1 }),
    await bus.consume([handle(DeleteSegment, nothing)], { prefetch: 1, shard: 0 }),
    await bus.consumeFacts('replier.facts', [handle(MentionHarvested, nothing)], { prefetch: 1 }),
    await bus.consumeFacts('persister.alerts', [handle(AlertRaised, nothing), handle(AlertCleared, nothing)], {
      prefetch: 1,
    }),
  ]
}

const collectCommand = () => ({
  account: 'ada',
  platform: 'x' as const,
  handle: 'ada_writes',
  checks: [
    {
      checkId: newId(),
      postId: newId(),
      segment: 0,
      platformId: '1800000000000000001',
      deadline: new Date(Date.now() + 3_600_000).toISOString(),
    },
  ],
})

const REFUSALS = [
  ...Array.from(
    { length: 5 },
    (_, n) => `The page of post ${1_800_000_000_000_000_100n + BigInt(n)} has another layout`,
  ),
  'There is no account "hedy"',
  'There is no account "alan"',
]

const plan = async (env: IsolatedEnvironment, facts: readonly StagedFact[]): Promise<void> => {
  const { supabaseUrl: url, supabaseKey: key } = env.endpoints
  await using database = connectDatabase({ url, key, log: silentLogger(), registry: new Registry() })
  const planned = facts.flatMap(({ checks }) => checks ?? [])
  await database.rpc('plan_checks', { planned })
}

/** Puts a day into an environment: facts into its record, letters into its dead queues, accounts and leases at its broker. */
export const stage = async (env: IsolatedEnvironment, { api, recorded }: BehindGates): Promise<Stage> => {
  const taken: string[] = []
  const refusing: string[] = [...REFUSALS]
  accounts(api.broker)
  const day = publishedDay(new Date())
  const proposed = answer(new Date())
  const mixed = mixedPosts(new Date())
  const facts = [...day.facts, ...proposed.facts, ...mixed.facts, ...jobs(new Date()), ...alerts(new Date())]
  await recorded.apply(facts.map(({ id, type, body }) => ({ id, type, body })))
  await plan(env, facts)
  const taking = await consumers(api.bus, taken, refusing)
  for (const _ of REFUSALS) await api.bus.send(CollectMetrics, collectCommand())
  await eventually(() => refusing.length === 0)
  // RabbitMQ counts a new consumer after a few seconds.
  await eventually(
    async () => {
      const { dependencies } = (await api.call('GET', '/v1/health')).body
      return dependencies.length > 6 && dependencies.every(({ up }: { up: boolean }) => up)
    },
    { timeoutMs: 30_000 },
  )
  return {
    taken,
    refusing,
    ids: { live: day.thread, answer: proposed.postId, unknown: mixed.unknown },
    async [Symbol.asyncDispose]() {
      for (const one of taking) await one[Symbol.asyncDispose]()
    },
  }
}
