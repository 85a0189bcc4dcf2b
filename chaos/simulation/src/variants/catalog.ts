import { StackError } from '@surepost/stack'
import type { BeginAction } from '@surepost/shared/contracts'
import type { Action } from '../../../../services/browser-broker/src/ledger/model.ts'
import { OPERATIONS } from '../../../../services/browser-broker/src/ledger/operations.ts'
import type { Tables } from '../../../../services/browser-broker/src/ledger/views.ts'
import { nothing } from '../../../../services/browser-broker/src/ledger/writes.ts'
import { type BrokenVariant, PRODUCTION, type Variant } from './variant.ts'

/** The tables as they look when each action is seen in another way, or not at all. */
const seen = (tables: Tables, look: (action: Action) => Action | null): Tables => ({
  ...tables,
  post: (postId) => {
    const { actions, revocation } = tables.post(postId)
    return { actions: actions.map(look).filter((a) => a !== null), revocation }
  },
})

const ofThisHash = (tables: Tables, { segment, hash }: BeginAction): Tables =>
  seen(tables, (action) => (action.segment === segment && action.hash !== hash ? null : { ...action, hash }))

const asIfAborted = (action: Action): Action =>
  action.state === 'open' || action.state === 'unknown' ? { ...action, state: 'aborted' } : action

const untold = (request: BeginAction): BeginAction =>
  request.command === undefined ? request : { ...request, command: { ...request.command, live: [] } }

const quietSinceBegin = (action: Action): Action =>
  action.quietSince === null ? action : { ...action, quietSince: action.begunAt }

/**
 * What was paid for: the rules of publishing once, each taken away alone. A simulation that does not catch every one of
 * them proves nothing.
 */
export const VARIANTS: readonly BrokenVariant[] = [
  {
    name: 'window-from-begin',
    breaks: 'the settle window is counted from `begin`, not from the moment at which the browser was seen gone',
    shows: 'created twice',
    operations: {
      begin: (m, request, leaseId) =>
        OPERATIONS.begin({ ...m, tables: seen(m.tables, quietSinceBegin) }, request, leaseId),
      absent: (m, outcome, began) =>
        OPERATIONS.absent({ ...m, tables: seen(m.tables, quietSinceBegin) }, outcome, began),
    },
  },
  {
    name: 'window-too-short',
    breaks: 'the settle window is shorter than a request can be under way plus the timeline can lag',
    shows: 'created twice',
    policy: { settleWindowMs: 20_000 },
  },
  {
    name: 'hash-in-the-key',
    breaks: 'another content of the same revision and segment is another action',
    shows: 'created twice',
    operations: {
      begin: (m, request, leaseId) =>
        OPERATIONS.begin({ ...m, tables: ofThisHash(m.tables, request) }, request, leaseId),
    },
  },
  {
    name: 'lost-ledger-empty',
    breaks: 'a lost ledger is taken as an empty one: a new one claims to have known everything',
    shows: 'created twice',
    birth: 0,
  },
  {
    name: 'audit-not-told',
    breaks: 'the ledger does not learn from facts what others saw on the platform',
    shows: 'created twice',
    operations: { published: () => nothing('known'), deleted: () => nothing('known'), missing: () => nothing('known') },
  },
  {
    name: 'record-not-told',
    breaks: 'a new ledger does not learn from a dispatch what the record knows to be live',
    shows: 'created twice',
    operations: { begin: (m, request, leaseId) => OPERATIONS.begin(m, untold(request), leaseId) },
  },
  {
    name: 'straddling-reading',
    breaks: 'a reading that began before the settle window closed and ended after it counts as absence',
    shows: 'created twice',
    operations: { absent: (m, outcome) => OPERATIONS.absent(m, outcome, m.now) },
  },
  {
    name: 'late-word',
    breaks: 'a person’s “not there” counts when it is said, however long ago the look at the timeline was',
    shows: 'created twice',
    operations: {
      settle: (m, word) => OPERATIONS.settle(m, { ...word, lookedAt: new Date(m.now).toISOString() }),
    },
  },
  {
    name: 'no-fence',
    breaks: 'requests of an adapter without a browser leave though its lease is over',
    shows: 'created twice',
    fence: false,
  },
  {
    name: 'no-reconciliation',
    breaks: 'an action whose outcome is unknown is begun again without asking the platform',
    shows: 'created twice',
    operations: {
      begin: (m, request, leaseId) => OPERATIONS.begin({ ...m, tables: seen(m.tables, asIfAborted) }, request, leaseId),
    },
  },
  {
    name: 'ack-before-confirm',
    breaks: 'messages are let go before what follows from them is confirmed',
    shows: 'without an end',
    ackFirst: true,
  },
]

/** @throws StackError naming the known ones */
export const variantOf = (name: string): Variant => {
  const variant = [PRODUCTION, ...VARIANTS].find((v) => v.name === name)
  if (variant === undefined)
    throw new StackError(
      `there is no variant "${name}"; choose one of ${[PRODUCTION, ...VARIANTS].map((v) => v.name).join(', ')}`,
    )
  return variant
}
