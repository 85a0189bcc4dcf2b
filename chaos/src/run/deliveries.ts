import {
  FACTS,
  PostSubmitted,
  PublishPost,
  type ApprovedPost,
  type BodyOf,
  type FactContract,
} from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import type { Deliveries } from '../faults/types.ts'
import type { JournalFact } from '../judge/history.ts'
import { randomOf } from '../plan/random.ts'
import type { RecordReader } from './records.ts'

/** The stack's one broker, so one shard. */
const SHARD = 0
/** A confirm that does not come by then is the business of another fault. */
const CONFIRMED_WITHIN_MS = 15_000

const CONTRACTS = new Map<string, FactContract>(FACTS.map((contract) => [contract.type, contract]))

type Submitted = BodyOf<typeof PostSubmitted>

/** The command of a submission, as its sender made it. One that is not due yet has none: its `notBefore` is not repeated. */
const commandOf = ({ body }: JournalFact, now: Date): readonly ApprovedPost[] => {
  const submitted: Submitted = PostSubmitted.body.parse(body)
  const { postId, revision, hash, account, platform, content, notAfter, at, approval, scheduledAt } = submitted
  if (approval !== 'auto' || (scheduledAt !== null && new Date(scheduledAt) > now)) return []
  return [{ postId, revision, hash, account, platform, content, notAfter, acceptedAt: at }]
}

/** Repeats of what RabbitMQ has carried, from what the journal holds. */
export const deliveriesBy = (bus: Pick<Bus, 'emit' | 'send'>, records: RecordReader, ends: AbortSignal): Deliveries => {
  const confirmed = async (sends: readonly ((signal: AbortSignal) => Promise<void>)[]): Promise<number> => {
    const signal = AbortSignal.any([ends, AbortSignal.timeout(CONFIRMED_WITHIN_MS)])
    const results = await Promise.allSettled(sends.map((send) => send(signal)))
    return results.filter(({ status }) => status === 'fulfilled').length
  }
  return {
    repeatCommands: async (most, copies) => {
      const submitted = (await records.facts()).filter(({ type }) => type === PostSubmitted.type)
      const commands = submitted.flatMap((fact) => commandOf(fact, new Date())).slice(-most)
      const repeated = Array.from({ length: copies }, () => commands).flat()
      return confirmed(repeated.map((command) => (signal) => bus.send(PublishPost, command, { shard: SHARD, signal })))
    },
    repeatFacts: async (most, seed) => {
      const facts = randomOf(seed).shuffled(await records.latestFacts(most))
      return confirmed(
        facts.flatMap(({ id, type, body }) => {
          const contract = CONTRACTS.get(type)
          return contract === undefined ? [] : (signal: AbortSignal) => bus.emit(contract, body, { id, signal })
        }),
      )
    },
  }
}
