import { HarvestMentions, JobRan, MentionHarvested, mentionFactId, type AccountId } from '@surepost/shared/contracts'
import { TransientError } from '@surepost/shared/errors'
import { done, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import { withReader, type ReadPorts } from '../reading.ts'

type Ran = {
  readonly outcome: 'succeeded' | 'failed'
  readonly category: string | null
  readonly detail: string | null
}

/**
 * Read who named or answered an account since the last recorded mention. A mention is one fact however often it is
 * seen. A page that cannot be read is a failure, never "no mentions".
 */
export const harvestMentions = (ports: ReadPorts) =>
  handle(HarvestMentions, async ({ body, lastAttempt }, { signal }): Promise<Outcome> => {
    const startedAt = new Date().toISOString()
    return withReader(ports, body, signal, async ({ session, lease, signal: reading }) => {
      const seen = await session.readMentions(body.since, { signal: reading })
      switch (seen.kind) {
        case 'read': {
          await Promise.all(
            seen.items.map((mention) =>
              ports.bus.emit(
                MentionHarvested,
                { at: mention.createdAt, account: body.account, mention },
                { id: mentionFactId(body.account, mention.platformId) },
              ),
            ),
          )
          await say(ports, body.account, startedAt, {
            outcome: 'succeeded',
            category: null,
            detail: `${seen.items.length} mentions`,
          })
          return done
        }
        case 'session':
          await lease.pauseAccount(`${seen.trouble}: ${seen.detail}`, null)
          await say(ports, body.account, startedAt, { outcome: 'failed', category: seen.trouble, detail: seen.detail })
          return done
        case 'throttled':
          return snooze(seen.until, 'the platform slows readings down')
        case 'unreadable': {
          if (lastAttempt) {
            await say(ports, body.account, startedAt, {
              outcome: 'failed',
              category: 'unreadable',
              detail: seen.detail,
            })
            return done // the schedule asks again
          }
          return retry(new TransientError(seen.detail))
        }
      }
    })
  })

const say = ({ bus }: ReadPorts, account: AccountId, startedAt: string, ran: Ran): Promise<void> =>
  bus.emit(JobRan, { at: new Date().toISOString(), job: 'mentions.harvest', account, startedAt, ...ran })
