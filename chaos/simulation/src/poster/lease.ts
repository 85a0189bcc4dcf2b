import type { ActionKey, BeginAction, BeginAnswer } from '@surepost/shared/contracts'
import type { Lease } from '@surepost/shared/leases'
import type { Broker } from '../broker/broker.ts'
import type { BrokerLease } from '../broker/lease.ts'
import type { World } from '../world.ts'
import type { Control } from './control.ts'

const keyOf = ({ postId, revision, segment }: ActionKey): ActionKey => ({ postId, revision, segment })
const never = (): never => {
  throw new Error('the simulation does not do this')
}

/** What the ledger is asked about: a create, or the deletion of what was created. */
type Target = ActionKey | Omit<ActionKey, 'revision'>

/** What the answer allows: the click that follows is for this action. */
const aim = (lease: BrokerLease, action: Target, answer: BeginAnswer | object): void => {
  if ('answer' in answer && answer.answer === 'fresh' && 'revision' in action) lease.reach.acting = keyOf(action)
}

/** A claimed lease over the simulated broker, as the poster's code knows it. */
export const leaseOf = (world: World, broker: Broker, lease: BrokerLease, control: Control): Lease => {
  const { ledger, holding } = broker
  const { say } = world
  const { leaseId } = lease
  const tell = (op: string, action: Target, answer: object): void =>
    say('ledger', () => `${op} segment ${action.segment} of post ${action.postId}: ${JSON.stringify(answer)}`)
  const performed =
    <A extends object>(op: string, action: Target, perform: () => A) =>
    (): A => {
      const answer = perform()
      aim(lease, action, answer)
      tell(op, action, answer)
      return answer
    }
  const outcome = (action: ActionKey, attempt: number) => ({ key: keyOf(action), attempt, leaseId })
  const release = async (): Promise<void> => {
    if (control.lost.aborted) return
    await control.ask('release', () => ({ saved: false })).catch(() => {})
    broker.machine.after(1, () => holding.end(lease, 'released'))
  }
  let ended: Promise<void> | undefined
  return {
    granted: true,
    id: leaseId,
    account: lease.account,
    platform: 'x',
    handle: lease.handle,
    fence: 0,
    get expiresAt() {
      return new Date(lease.expiresAt)
    },
    signal: control.lost,
    yielding: new AbortController().signal,
    context: lease.reach as never,
    newPage: never,
    begin: (action: BeginAction) =>
      control.ask(
        'begin',
        performed('begin', action, () => ledger.ask('begin', action, leaseId)),
      ),
    async complete(action, attempt, { platformId, url, publishedAt, source }) {
      const published = { platformId, url, source, publishedAt: publishedAt.getTime() }
      await control.ask(
        'complete',
        performed('complete', action, () => ledger.ask('complete', outcome(action, attempt), published)),
      )
    },
    async abort(action, attempt, reason) {
      await control.ask(
        'abort',
        performed('abort', action, () => ledger.ask('abort', outcome(action, attempt), reason)),
      )
    },
    async unknown(action, attempt, reason) {
      await control.ask(
        'unknown',
        performed('unknown', action, () => ledger.ask('unknown', outcome(action, attempt), reason)),
      )
    },
    absent: (action, attempt, readingBeganAt) =>
      control.ask(
        'absent',
        performed('absent', action, () => ledger.ask('absent', outcome(action, attempt), readingBeganAt.getTime())),
      ),
    beginDelete: (deletion) =>
      control.ask(
        'begin_delete',
        performed('begin to delete', deletion, () => ledger.ask('beginDelete', deletion, leaseId)),
      ),
    async deleted(deletion) {
      await control.ask(
        'deleted',
        performed('deleted', deletion, () => ledger.ask('endDelete', deletion, leaseId)),
      )
    },
    async pauseAccount(reason, until) {
      await control.ask('pause_account', () =>
        ledger.ask('pause', lease.account, { reason, until: until?.getTime() ?? null, by: 'holder' }),
      )
    },
    async renew() {
      const { expiresAt } = await control.ask('renew', () => {
        const renewed = ledger.ask('renewLease', leaseId)
        if ('expiresAt' in renewed) lease.expiresAt = renewed.expiresAt
        return renewed
      })
      return new Date(expiresAt)
    },
    taint: () => {},
    [Symbol.asyncDispose]: () => (ended ??= release()),
  }
}
