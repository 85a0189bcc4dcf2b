import {
  AccountLabelSeen,
  HarvestMentions,
  JobRan,
  MentionHarvested,
  mentionFactId,
  type AccountId,
  type Mention,
} from '@surepost/shared/contracts'
import { TransientError } from '@surepost/shared/errors'
import { done, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import { oldest, withConversations, type Trouble } from '../conversation.ts'
import { withReader, type Reader, type ReadPorts } from '../reading.ts'

type Ran = {
  readonly outcome: 'succeeded' | 'failed'
  readonly category: string | null
  readonly detail: string | null
}

/** Mentions whose own pages are opened in one lease. */
const MOST_MENTIONS = 20

/** What one harvest read, and what stopped it. */
interface Harvest {
  readonly mentions: readonly Mention[]
  /** The list was read back to the last recorded mention. */
  readonly whole: boolean
  readonly trouble: Trouble | null
}

/**
 * Read who named, answered or quoted an account since the last recorded mention, oldest first, a bounded number in one
 * lease. A mention is one fact however often it is seen. A page that cannot be read is a failure, never "no mentions"; a
 * list that could not be read back to the last mention is one too, since what lies between is not known.
 */
export const harvestMentions = (ports: ReadPorts) =>
  handle(HarvestMentions, async ({ body, lastAttempt }, { signal }): Promise<Outcome> => {
    const startedAt = new Date().toISOString()
    return withReader(ports, body, signal, async (reader) => {
      const unread = body.readLabel ? await readLabel(ports, reader, body.account) : null
      const harvest = await read(reader, body.since, lastAttempt)
      await Promise.all(
        harvest.mentions.map((mention) =>
          ports.bus.emit(
            MentionHarvested,
            { at: mention.createdAt, account: body.account, mention },
            { id: mentionFactId(body.account, mention.platformId) },
          ),
        ),
      )
      const { ran, outcome } = withLabel(endOf(harvest, lastAttempt), unread)
      if (harvest.trouble?.kind === 'session')
        await reader.lease.pauseAccount(`${harvest.trouble.trouble}: ${harvest.trouble.detail}`, null)
      if (ran !== null) await say(ports, body.account, startedAt, ran)
      return outcome
    })
  })

/** Look for the label of an automated account. @returns why it could not be looked for, or null */
const readLabel = async (
  { bus }: ReadPorts,
  { session, signal }: Reader,
  account: AccountId,
): Promise<string | null> => {
  const profile = await session.readProfile({ signal })
  if (profile.kind === 'throttled') return 'the platform slows readings down'
  if (profile.kind !== 'read') return profile.detail
  const { automatedBy } = profile
  await bus.emit(AccountLabelSeen, { at: new Date().toISOString(), account, automatedBy })
  return null
}

/** A harvest that went well but for the profile has failed: the label was not looked at. */
const withLabel = (end: End, unread: string | null): End =>
  unread !== null && end.ran?.outcome === 'succeeded'
    ? { ...end, ran: failed('label_unreadable', `${end.ran.detail ?? ''}; the profile was not read: ${unread}`) }
    : end

const read = async (
  { session, lease, signal }: Reader,
  since: Mention['platformId'] | null,
  passOver: boolean,
): Promise<Harvest> => {
  const seen = await session.readMentions(since, { signal })
  if (seen.kind !== 'read') return { mentions: [], whole: false, trouble: seen }
  const whole = seen.complete || since === null
  return {
    whole,
    ...(await withConversations({ session, lease, passOver, signal }, oldest(seen.items, MOST_MENTIONS))),
  }
}

interface End {
  /** Null while it is tried again. */
  readonly ran: Ran | null
  readonly outcome: Outcome
}

const failed = (category: string, detail: string): Ran => ({ outcome: 'failed', category, detail })

/** What a harvest is told as. What stopped it after some mentions were read is met again by the next one. */
const endOf = ({ mentions, whole, trouble }: Harvest, lastAttempt: boolean): End => {
  const count = `${mentions.length} mentions`
  if (trouble?.kind === 'session') return { ran: failed(trouble.trouble, trouble.detail), outcome: done }
  if (mentions.length === 0 && trouble?.kind === 'throttled')
    return { ran: null, outcome: snooze(trouble.until, 'the platform slows readings down') }
  if (mentions.length === 0 && trouble?.kind === 'unreadable')
    // The schedule asks again.
    return lastAttempt
      ? { ran: failed('unreadable', trouble.detail), outcome: done }
      : { ran: null, outcome: retry(new TransientError(trouble.detail)) }
  if (!whole)
    return {
      ran: failed('incomplete', `${count}; those between the last recorded one and the oldest of these were not read`),
      outcome: done,
    }
  return { ran: { outcome: 'succeeded', category: null, detail: count }, outcome: done }
}

const say = ({ bus }: ReadPorts, account: AccountId, startedAt: string, ran: Ran): Promise<void> =>
  bus.emit(JobRan, { at: new Date().toISOString(), job: 'mentions.harvest', account, startedAt, ...ran })
