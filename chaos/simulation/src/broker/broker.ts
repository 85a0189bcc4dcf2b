import type {
  BodyOf,
  CancelAnswer,
  CancelPost,
  LedgerMark,
  ReviseAnswer,
  RevisePost,
  SegmentDeleted,
  SegmentPublished,
  SettleSegment,
} from '@surepost/shared/contracts'
import type { Policy } from '../../../../services/browser-broker/src/ledger/policy.ts'
import type { Millis } from '../agenda.ts'
import { type Inbox, openInbox } from '../inbox.ts'
import { type MemoryLedger, openMemoryLedger } from '../ledger/ledger.ts'
import type { Parcel, Rows } from '../ledger/rows.ts'
import { type Machine, machineOf } from '../machine.ts'
import type { Rabbit } from '../rabbit.ts'
import type { World } from '../world.ts'
import { type Desk, openDesk } from './desk.ts'
import { type Holding, openHolding } from './holding.ts'
import type { BrokerLease } from './lease.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { openStanding } from './standing.ts'

/** What comes over the broker's queues: facts that settle actions, and what operators tell it. */
export type ToBroker =
  | { readonly settles: 'published'; readonly body: BodyOf<typeof SegmentPublished> }
  | { readonly settles: 'deleted'; readonly body: BodyOf<typeof SegmentDeleted> }
  | {
      readonly cancels: BodyOf<typeof CancelPost>
      readonly answer: (result: CancelAnswer['result']) => void
    }
  | {
      readonly revises: BodyOf<typeof RevisePost>
      readonly answer: (result: ReviseAnswer['result']) => void
    }
  | { readonly settlesAs: BodyOf<typeof SettleSegment>; readonly answer: (result: 'settled' | 'refused') => void }
  | { readonly does: Does; readonly says: string }
  | { readonly mark: number }

const BEHIND = 'finds that its ledger is behind what it has said, and begins anew'
const ANOTHER = 'finds that its ledger is not the one that spoke last, and begins anew'

/** Asked again later when it takes longer, as production does. */
const TOLD_WITHIN_MS = 5_000

/** What an operator's command does to the ledger. */
export type Does = (ledger: MemoryLedger) => void

export interface Broker {
  readonly machine: Machine
  readonly ledger: MemoryLedger
  readonly desk: Desk
  readonly holding: Holding
  readonly control: Inbox<ToBroker>
  readonly facts: Inbox<ToBroker>
  /** Killed with all that it holds; its browsers live on until they are swept or die on their own. */
  crash(downMs: Millis): void
  /** A copy of the ledger is put aside; a later crash may bring it back. */
  backup(): void
}

export const openBroker = (
  world: World,
  rabbit: Rabbit,
  policy: Policy,
  arrive: (parcel: Parcel) => void,
  onLost: () => void,
): Broker => {
  const { agenda, say, random, scenario } = world
  let outbox: Outbox | undefined
  /** It knows its standing: it may tell and be told. */
  let hasStarted = true
  const machine = machineOf('broker', agenda, say, () => ({ onDeath: die, onStart: start, onFreeze: freeze }))
  const ledger = openMemoryLedger({
    now: () => agenda.now,
    newId: world.newId,
    policy,
    variant: world.variant,
    onWritten: () => hasStarted && outbox?.look(),
  })
  const standing = openStanding(rabbit, machine, () => ledger)
  outbox = openOutbox(world, rabbit, machine, ledger, standing, arrive)
  const desk = openDesk(
    world,
    machine,
    () => ledger,
    () => holding,
  )
  const holding = openHolding(world, machine, () => ledger, desk.schedule)
  let orphans: readonly BrokerLease[] = []
  let sameHost = true
  let saved: Rows | undefined
  let fate: 'kept' | 'lost' | 'restored' = 'kept'
  let marks = 0

  /** A cancel, an edit or a person's word is answered when its fact cannot be lost any more: until then nobody has heard of it. */
  const deal = (message: ToBroker, dealt: () => void): void => {
    const answered = decided(message)
    if (answered === undefined) return dealt()
    let over = false
    const end = (then: () => void): void => {
      if (over) return
      over = true
      then()
      dealt()
    }
    outbox?.told(() => end(answered))
    machine.after(TOLD_WITHIN_MS, () => end(() => control.push(message)))
  }
  /** Do what it says. @returns how to answer it, if somebody waits */
  const decided = (message: ToBroker): (() => void) | undefined => {
    if ('mark' in message) {
      drained(message.mark)
      return undefined
    }
    if ('does' in message) {
      say('broker', () => `is told: ${message.says}`)
      message.does(ledger)
      return undefined
    }
    if ('cancels' in message) {
      const { result } = ledger.ask('cancel', message.cancels)
      say('broker', () => `is asked to cancel post ${message.cancels.postId}: ${result}`)
      return () => message.answer(result)
    }
    if ('revises' in message) {
      const { result } = ledger.ask('revise', message.revises)
      say('broker', () => `is asked to edit post ${message.revises.next.postId}: ${result}`)
      return () => message.answer(result)
    }
    if ('settlesAs' in message) {
      const { result } = ledger.ask('settle', message.settlesAs)
      say('broker', () => `is told what became of a segment of post ${message.settlesAs.postId}: ${result}`)
      return () => message.answer(result)
    }
    hear(message)
    return undefined
  }
  const hear = (message: Extract<ToBroker, { settles: string }>): void => {
    const settled =
      message.settles === 'published' ? ledger.ask('published', message.body) : ledger.ask('deleted', message.body)
    const { segment, postId, platformId } = message.body
    say(
      'broker',
      () => `hears that segment ${segment} of post ${postId} is ${message.settles} as ${platformId}: ${settled}`,
    )
    const mark: LedgerMark | null = 'ledger' in message.body ? message.body.ledger : null
    if (mark !== null && ledger.hear(mark)) say('broker', () => BEHIND)
  }
  const control = openInbox<ToBroker>(world, rabbit, machine, () => hasStarted, deal)
  const facts = openInbox<ToBroker>(world, rabbit, machine, () => hasStarted, deal)
  const drained = (mark: number): void => {
    if (mark !== marks) return
    waitingFor -= 1
    if (waitingFor === 0) desk.open()
  }
  let waitingFor = 0

  const die = (): void => {
    desk.close()
    hasStarted = false
    orphans = [...orphans, ...holding.abandon()]
    for (const lease of orphans) lease.onOver?.('crash')
    sameHost = random.chance(scenario.sameHostRate)
    fate = 'kept'
    if (random.chance(scenario.ledgerLossRate)) fate = saved !== undefined && random.chance(0.5) ? 'restored' : 'lost'
    if (sameHost) return
    for (const { reach, expiresAt } of orphans)
      agenda.at(random.between(agenda.now, Math.max(agenda.now, expiresAt)), () => (reach.alive = false))
    orphans = []
  }
  const start = (): void => {
    // The sweep: on the same host every browser of the old process is gone before the ledger is opened.
    for (const { reach } of orphans) reach.alive = false
    orphans = []
    if (fate === 'lost') ledger.lose()
    if (fate === 'restored' && saved !== undefined) ledger.restore(saved)
    say('broker', () => `finds its ledger ${fate}, on ${sameHost ? 'the same' : 'another'} host`)
    ledger.recover(sameHost)
    const changed = fate !== 'kept'
    whenUp(() => {
      if (ledger.start(standing.said)) say('broker', () => ANOTHER)
      if (changed) onLost()
      standing.keep(catchUp)
    })
  }
  /** Nothing is granted before RabbitMQ has told what was said meanwhile. */
  const whenUp = (then: () => void): void => {
    if (rabbit.up) then()
    else machine.after(1_000, () => whenUp(then))
  }
  const catchUp = (): void => {
    hasStarted = true
    marks += 1
    waitingFor = 2
    control.push({ mark: marks })
    facts.push({ mark: marks })
    control.pump()
    facts.pump()
    outbox?.look()
  }
  const freeze = (until: Millis): void => {
    // Holders hear no ping for 8 s and give their leases up; the broker sees that when it goes on.
    for (const lease of holding.all) agenda.after(8_000, () => agenda.now < until && lease.onOver?.('crash'))
  }
  return {
    machine,
    ledger,
    desk,
    holding,
    control,
    facts,
    crash: (downMs) => machine.kill(downMs, 'SIGKILL'),
    backup: () => {
      saved = ledger.backup()
      say('broker', () => 'its ledger is backed up')
    },
  }
}
