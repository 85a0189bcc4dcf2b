/** What a state means for its reader: its tone, and whether something is happening. */
export const STATES = {
  review: { tone: 'ask', label: 'In review' },
  accepted: { tone: 'wait', label: 'Accepted' },
  scheduled: { tone: 'wait', label: 'Scheduled' },
  queued: { tone: 'busy', label: 'Queued', moving: true },
  publishing: { tone: 'busy', label: 'Publishing', moving: true },
  unknown: { tone: 'ask', label: 'Asking the platform', moving: true },
  live: { tone: 'good', label: 'Live' },
  failed: { tone: 'bad', label: 'Failed' },
  missed: { tone: 'bad', label: 'Missed' },
  cancelled: { tone: 'off', label: 'Cancelled' },
  deleted: { tone: 'off', label: 'Deleted' },
  needs_attention: { tone: 'bad', label: 'Needs you' },
}
/** @param {string} state */
export const stateOf = (state) => STATES[state] ?? { tone: 'off', label: state }

/** States from which nothing follows by itself. */
export const ENDS = new Set(['live', 'failed', 'missed', 'cancelled', 'deleted', 'needs_attention'])
/** States in which cancelling may still answer "cancelled". */
export const CANCELLABLE = new Set(['review', 'accepted', 'scheduled', 'queued', 'publishing', 'unknown'])

/** The filters of the list: a name, and the states behind it. @type {[id: string, label: string, states: string[]][]} */
export const FILTERS = [
  ['all', 'All', []],
  ['review', 'Review', ['review']],
  ['waiting', 'Waiting', ['accepted', 'scheduled']],
  ['flight', 'In flight', ['queued', 'publishing', 'unknown']],
  ['live', 'Live', ['live']],
  ['trouble', 'Trouble', ['failed', 'missed', 'needs_attention']],
  ['gone', 'Cancelled', ['cancelled', 'deleted']],
]

/** @param {{ segment?: number | null }} body */
const part = (body) => (typeof body.segment === 'number' ? `Segment ${body.segment + 1}` : 'The post')
/** @param {Record<string, number | null>} metrics */
const figures = (metrics) =>
  Object.entries(metrics ?? {})
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${value} ${name}`)
    .join(', ') || 'no figure was shown'

/** One sentence per kind of fact; `tone` colours its mark. */
const FACTS = {
  'post.submitted': (b) => ['wait', b.approval === 'review' ? 'Submitted, to be approved' : 'Submitted'],
  'post.approved': () => ['wait', 'Approved'],
  'post.dispatched': () => ['busy', 'Dispatched to the poster'],
  'post.segment_begun': (b) => ['busy', `${part(b)} begun${b.attempt > 1 ? `, attempt ${b.attempt}` : ''}`],
  'post.segment_unknown': (b) => ['ask', `${part(b)}: outcome not seen, asking the platform`],
  'post.segment_aborted': (b) => ['off', `${part(b)} was not created`],
  'post.segment_published': (b) => ['good', `${part(b)} is live`],
  'post.segment_deleting': (b) => ['busy', `${part(b)} is to be deleted`],
  'post.segment_corrected': (b) => ['ask', `${part(b)}: its true id was found`],
  'post.segment_doubted': (b) => ['bad', `${part(b)}: its id is another post's`],
  'post.segment_deleted': (b) => ['off', `${part(b)} was deleted`],
  'post.segment_missing': (b) => ['bad', `${part(b)} is gone from the platform`],
  'post.cancelled': () => ['off', 'Cancelled'],
  'post.failed': () => ['bad', 'Failed'],
  'post.missed': () => ['bad', 'Missed its time'],
  'post.needs_attention': () => ['bad', 'Needs a person'],
  'metrics.collected': (b) => ['good', `${part(b)} measured${b.metrics ? `: ${figures(b.metrics)}` : ''}`],
  'metrics.check_failed': (b) => ['ask', `${part(b)} could not be measured yet`],
  'metrics.check_missed': (b) => ['bad', `${part(b)}: a measurement was missed`],
  'mention.harvested': () => ['wait', 'A mention was found'],
  'mention.decided': (b) => ['good', `A mention was ${b.decision ?? 'decided'}`],
  'mention.deferred': () => ['ask', 'A decision about a mention waits'],
  'mention.opted_out': () => ['off', 'Somebody wants no answers'],
  'mention.draft_requested': () => ['busy', 'An answer is drafted'],
  'mention.draft_spent': () => ['off', 'A draft came back'],
  'account.audited': (b) => [
    b.outcome === 'clean' ? 'good' : 'ask',
    `Account audited${b.outcome ? `: ${b.outcome}` : ''}`,
  ],
  'breaker.changed': (b) => [
    b.state === 'closed' ? 'good' : 'bad',
    `Breaker ${b.breaker ?? ''} ${b.state ?? 'changed'}`,
  ],
  'account.configured': () => ['off', 'Account configured'],
  'account.paused': () => ['ask', 'Account paused'],
  'account.resumed': () => ['good', 'Account resumed'],
  'job.ran': (b) => [b.outcome === 'failed' ? 'bad' : 'off', `Job ${b.job ?? ''} ${b.outcome ?? 'ran'}`],
  'alert.raised': (b) => ['bad', `Alert: ${b.key ?? ''}`],
  'alert.cleared': (b) => ['good', `Cleared: ${b.key ?? ''}`],
}

/**
 * @param {string} type
 * @param {any} body
 * @returns {[tone: string, sentence: string]}
 */
export const sayFact = (type, body) => FACTS[type]?.(body ?? {}) ?? ['off', type]
