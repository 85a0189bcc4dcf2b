import { AccountId, type BeginAction, type BeginAnswer, type PlatformId } from '@surepost/shared/contracts'
import { actionFor } from '../fixtures.ts'
import { POLICY, SECOND, type TestLedger } from '../ledger.ts'

/** Longest a request is under way after its click, and longest the timeline lags behind a create. */
export const IN_FLIGHT = 20 * SECOND
export const LAG = 30 * SECOND
export const policyFor = ({ window }: Flaws): typeof POLICY => ({
  ...POLICY,
  settleWindowMs: window === 'short' ? LAG : IN_FLIGHT + LAG + 1,
})

export interface Create {
  readonly id: PlatformId
  readonly revision: number
  readonly at: number
  readonly visibleAt: number
}

export interface Attempt {
  readonly action: BeginAction
  readonly attempt: number
  clicked: boolean
}

export interface Holder {
  readonly leaseId: string
  attempts: Attempt[]
}

/** Ways to be wrong on purpose: the property must notice each. */
export interface Flaws {
  readonly window?: 'short'
  /** The window is counted from `begin` instead of the observed end. */
  readonly quietFromBegin?: boolean
  /** A reading counts by its end instead of its beginning. */
  readonly straddling?: boolean
  /** The audit's finds are not told to the ledger, and it is lost meanwhile. */
  readonly lostTakenAsEmpty?: boolean
  /** An edit says the next revision and does not call the one before off. */
  readonly editCallsNothingOff?: boolean
  /** The kill switch is not told to the ledger. */
  readonly stopNotTold?: boolean
}

export const account = AccountId.parse('acme')

/** What a platform and its holders remember, and the real ledger between them. */
export class WorldState {
  readonly ledger: TestLedger
  readonly flaws: Flaws
  /** What commands ask for, old revisions included: a command may always come late. */
  readonly posts: BeginAction[]
  readonly calledOff = new Set<string>()
  readonly cancelled = new Set<string>()
  stopped = false
  readonly creates = new Map<string, Create[]>()
  /** Frozen or slow holders whose lease has ended: their browser is gone, so they can do nothing; kept to try. */
  holder: Holder | undefined
  readonly begun = new Map<string, number>()

  /** @param ledger an empty one, made with `policyFor` the flaws */
  constructor(ledger: TestLedger, flaws: Flaws) {
    this.flaws = flaws
    this.ledger = ledger
    this.ledger.account('acme')
    const thread = actionFor(account, { segments: 2 })
    this.posts = [actionFor(account), thread, { ...thread, segment: 1, textHash: null }]
  }

  /** The lease in hand, or a new one; none while the ledger gives none. */
  hold(): Holder | undefined {
    if (this.holder !== undefined) return this.holder
    const denied = this.ledger.do('gate', { account, class: 'act' })
    if (denied === null) this.holder = { leaseId: this.ledger.lease(account), attempts: [] }
    return this.holder
  }

  follow(
    holder: Holder,
    action: BeginAction,
    answer: BeginAnswer | { readonly refused: string; readonly detail: string },
  ): void {
    if (!('answer' in answer) || answer.answer !== 'fresh') return
    if (this.stopped) throw new Error(`${action.postId} was begun while everything is stopped`)
    this.begun.set(`${action.postId} ${action.segment}`, this.ledger.now)
    holder.attempts.push({ action, attempt: answer.attempt, clicked: false })
  }

  complete(outcome: ReturnType<TestLedger['outcome']>, { id, at }: Create): void {
    this.ledger.do('complete', outcome, {
      platformId: id,
      url: `https://x.com/i/status/${id}`,
      publishedAt: at,
      source: 'response',
    })
  }

  pick(random: number): BeginAction {
    const action = this.posts[random % this.posts.length]
    if (action === undefined) throw new Error('no posts')
    return action
  }

  createsOf(action: BeginAction): Create[] {
    return this.all(action).filter(({ revision }) => revision === action.revision)
  }

  /** Of every revision. */
  all({ postId, segment }: BeginAction): Create[] {
    const key = `${postId} ${segment}`
    const creates = this.creates.get(key) ?? []
    this.creates.set(key, creates)
    return creates
  }
}

/** Something that happens, in one of many ways. */
export type Move = (world: WorldState, random: number) => void
