import { kindOf, type ApprovedPost } from '@surepost/shared/contracts'
import { counter } from '@surepost/shared/runtime'
import type { SegmentEnd } from './segment.ts'

const outcomes = counter(
  'surepost_publish_outcomes_total',
  'What publishing a segment came to, each try: live, unknown, failed, missed, needs_attention, waiting, retry, called_off, rejected or broken_off.',
  ['platform', 'kind', 'outcome'],
)

type Ending = SegmentEnd | { readonly thrown: unknown }

/** One word for what a try to publish a segment came to. */
export const outcomeOf = (ending: Ending): string => {
  if ('live' in ending) return 'live'
  if ('thrown' in ending) return 'broken_off'
  const { tell, end, outcome } = ending.stop
  if (tell?.op === 'unknown') return 'unknown'
  if (end !== null) return end.kind
  return { snooze: 'waiting', retry: 'retry', reject: 'rejected', done: 'called_off', answer: 'called_off' }[
    outcome.kind
  ]
}

/** Count a try to publish one segment of a post by what it comes to. */
export const counted = async (
  { platform, content }: ApprovedPost,
  trying: Promise<SegmentEnd>,
): Promise<SegmentEnd> => {
  const count = (ending: Ending): void => outcomes.inc({ platform, kind: kindOf(content), outcome: outcomeOf(ending) })
  try {
    const end = await trying
    count(end)
    return end
  } catch (error) {
    count({ thrown: error })
    throw error
  }
}
