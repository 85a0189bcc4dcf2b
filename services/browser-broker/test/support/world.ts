import {
  AccountId,
  type BeginAction,
  type BeginAnswer,
  type BodyOf,
  Hash,
  type PlatformId,
  type PostSubmitted,
} from '@surepost/shared/contracts'
import { actionFor, newPlatformId } from './fixtures.ts'
import { POLICY, SECOND, type TestLedger } from './ledger.ts'

/** Longest a request is under way after its click, and longest the timeline lags behind a create. */
export const IN_FLIGHT = 20 * SECOND
export const LAG = 30 * SECOND
export const policyFor = ({ window }: Flaws): typeof POLICY => ({
  ...POLICY,
  settleWindowMs: window === 'short' ? LAG : IN_FLIGHT + LAG + 1,
})

interface Create {
  readonly id: PlatformId
  readonly revision: number
  readonly at: number
  readonly visibleAt: number
}

interface Attempt {
  readonly action: BeginAction
  readonly attempt: number
  clicked: boolean
}

interface Holder {
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

const account = AccountId.parse('acme')

/**
 * A platform, its holders and the real ledger between them, moved by random choices. Clicks land late, responses are
 * lost, holders freeze and click long after, brokers crash, timelines lag.
 */
export class World {
  readonly ledger: TestLedger
  readonly #flaws: Flaws
  /** What commands ask for, old revisions included: a command may always come late. */
  readonly #posts: BeginAction[]
  readonly #calledOff = new Set<string>()
  #stopped = false
  readonly #creates = new Map<string, Create[]>()
  readonly cancelled = new Set<string>()
  /** Frozen or slow holders whose lease has ended: their browser is gone, so they can do nothing; kept to try. */
  #holder: Holder | undefined
  #begun = new Map<string, number>()

  /** @param ledger an empty one, made with `policyFor` the flaws */
  constructor(ledger: TestLedger, flaws: Flaws = {}) {
    this.#flaws = flaws
    this.ledger = ledger
    this.ledger.account('acme')
    this.killSwitch(1)
    const thread = actionFor(account, { segments: 2 })
    this.#posts = [actionFor(account), thread, { ...thread, segment: 1, textHash: null }]
  }

  get moves(): readonly ((random: number) => void)[] {
    return [
      this.work,
      this.work,
      this.click,
      this.click,
      this.tell,
      this.tell,
      this.endLease,
      this.crash,
      this.look,
      this.look,
      this.cancel,
      this.edit,
      this.edit,
      this.delete,
      this.killSwitch,
      this.audit,
      this.pass,
      this.pass,
    ]
  }

  readonly work = (random: number): void => {
    const holder = this.#hold()
    if (holder === undefined) return
    const action = this.#pick(random)
    this.#follow(holder, action, this.ledger.do('begin', action, holder.leaseId))
  }

  /** A holder that was told `fresh` clicks once, at any later moment of its browser's life. */
  readonly click = (random: number): void => {
    const waiting = this.#holder?.attempts.find((a) => !a.clicked)
    if (waiting === undefined) return
    waiting.clicked = true
    if (random % 4 === 0) return
    const at = this.ledger.now + (random % 3 === 0 ? IN_FLIGHT - (random % SECOND) : 0)
    const visibleAt = at + (random % 3 === 0 ? LAG : random % LAG)
    this.#all(waiting.action).push({ id: newPlatformId(), revision: waiting.action.revision, at, visibleAt })
  }

  /** Say what is known: the id, that nothing was sent, or that the end was not seen. */
  readonly tell = (random: number): void => {
    const holder = this.#holder
    const known = holder?.attempts.shift()
    if (holder === undefined || known === undefined) return
    const outcome = this.ledger.outcome(known.action, known.attempt, holder.leaseId)
    const create = this.#createsOf(known.action).at(-1)
    if (!known.clicked) this.ledger.do('abort', outcome, 'nothing was sent')
    else if (create !== undefined && random % 3 === 0) this.#complete(outcome, create)
    else this.ledger.do('unknown', outcome, 'no response')
  }

  readonly endLease = (): void => {
    if (this.#holder === undefined) return
    const begun = Math.min(...this.#begun.values(), this.ledger.now)
    this.ledger.end(this.#holder.leaseId, this.#flaws.quietFromBegin === true ? begun : this.ledger.now)
    this.#holder = undefined
  }

  /** The broker dies and its browsers with it; at its start it ends what was open. */
  readonly crash = (random: number): void => {
    this.ledger.pass(random % (10 * SECOND))
    this.endLease()
    if (this.#flaws.lostTakenAsEmpty === true) this.ledger.store.db.exec('delete from actions; delete from spends')
  }

  /** Look for one unknown action; the reading may take long, and holds what was visible when it began. */
  readonly look = (random: number): void => {
    const holder = this.#hold()
    if (holder === undefined) return
    const action = this.#pick(random)
    const answer = this.ledger.do('begin', action, holder.leaseId)
    if (!('answer' in answer) || answer.answer !== 'unknown') return this.#follow(holder, action, answer)
    if (holder.attempts.some((a) => a.action === action)) return
    const began = this.ledger.now
    const seen = this.#createsOf(action).find((c) => c.visibleAt <= began && !answer.taken.includes(c.id))
    this.ledger.pass(random % (40 * SECOND))
    const outcome = this.ledger.outcome(action, answer.attempt, holder.leaseId)
    if (seen !== undefined) return this.#complete(outcome, seen)
    const at = this.#flaws.straddling === true ? this.ledger.now : began
    this.#follow(holder, action, this.ledger.do('absent', outcome, at))
  }

  readonly cancel = (random: number): void => {
    const { postId } = this.#pick(random)
    const { result } = this.ledger.do('cancel', { postId, account, by: 'a', reason: 'b' })
    if (result === 'cancelled') this.cancelled.add(postId)
    else if (this.cancelled.has(postId)) throw new Error(`${postId} was cancelled and then it was too late`)
  }

  /** A person writes the next revision, and approves it: from then on its command may come, beside those of the one before. */
  readonly edit = (random: number): void => {
    const { postId } = this.#pick(random)
    const revisions = this.#posts.filter((a) => a.postId === postId)
    const last = revisions.at(-1)
    if (last === undefined || last.revision >= 3) return
    const revision = last.revision + 1
    const hash = Hash.parse(String(revision).repeat(64))
    const next = revisions.filter((a) => a.revision === last.revision).map((a) => ({ ...a, revision, hash }))
    const segments = next.map(() => ({ text: `revision ${revision}`, media: [] }))
    const { notAfter } = last
    const body: BodyOf<typeof PostSubmitted> = {
      at: new Date(this.ledger.now).toISOString(),
      postId,
      revision,
      account,
      platform: 'x',
      hash,
      content: { segments },
      client: 'a',
      approval: 'review',
      scheduledAt: null,
      notAfter,
    }
    if (this.ledger.do('revise', { next: body, by: 'a', acceptedAt: body.at }).result !== 'revised') return
    if (this.#flaws.editCallsNothingOff === true) this.ledger.store.db.exec('delete from revocations')
    this.#calledOff.add(`${postId} ${last.revision}`)
    this.#posts.push(...next)
  }

  /** A person has something deleted that is there. */
  readonly delete = (random: number): void => {
    const action = this.#pick(random)
    const seen = this.#createsOf(action).find((c) => c.visibleAt <= this.ledger.now)
    const holder = seen === undefined ? undefined : this.#hold()
    if (seen === undefined || holder === undefined) return
    const deletion = { postId: action.postId, segment: action.segment, account, platformId: seen.id, by: 'a' }
    const answer = this.ledger.do('beginDelete', deletion, holder.leaseId)
    if ('answer' in answer && answer.answer === 'go' && random % 3 > 0)
      this.ledger.do('endDelete', deletion, holder.leaseId)
  }

  readonly killSwitch = (random: number): void => {
    this.#stopped = random % 3 === 0
    if (this.#flaws.stopNotTold === true) return
    this.ledger.do('killSwitch', { on: this.#stopped, by: 'a', reason: 'b' })
  }

  readonly audit = (random: number): void => {
    const action = this.#pick(random)
    const seen = this.#createsOf(action).find((c) => c.visibleAt <= this.ledger.now)
    if (seen === undefined) return
    const { postId, revision, segment } = action
    const at = new Date(seen.at).toISOString()
    const url = `https://x.com/i/status/${seen.id}`
    this.ledger.do('published', {
      at,
      postId,
      revision,
      segment,
      account,
      platform: 'x',
      platformId: seen.id,
      url,
      publishedAt: at,
      source: 'audit',
      ledger: null,
    })
  }

  readonly pass = (random: number): void => this.ledger.pass(random % (random % 2 === 0 ? 10 * SECOND : 60 * SECOND))

  /** What must hold at every moment. */
  check(): void {
    for (const [key, creates] of this.#creates) {
      if (creates.length > 1) throw new Error(`${key} was created ${creates.length} times`)
      const [postId = ''] = key.split(' ')
      if (creates.length > 0 && this.cancelled.has(postId)) throw new Error(`${key} was cancelled and is live`)
      for (const { revision } of creates)
        if (this.#calledOff.has(`${postId} ${revision}`)) throw new Error(`${key} was edited and is live as it was`)
    }
    const [, first, second] = this.#posts
    if (first === undefined || second === undefined) return
    const [one, two] = [this.#all(first), this.#all(second)]
    if (two.some(({ revision }) => !one.some((create) => create.revision === revision)))
      throw new Error('a later segment is live without the one before it')
  }

  /** The lease in hand, or a new one; none while the ledger gives none. */
  #hold(): Holder | undefined {
    if (this.#holder !== undefined) return this.#holder
    const denied = this.ledger.do('gate', { account, class: 'act' })
    if (denied === null) this.#holder = { leaseId: this.ledger.lease(account), attempts: [] }
    return this.#holder
  }

  #follow(
    holder: Holder,
    action: BeginAction,
    answer: BeginAnswer | { readonly refused: string; readonly detail: string },
  ): void {
    if (!('answer' in answer) || answer.answer !== 'fresh') return
    if (this.#stopped) throw new Error(`${action.postId} was begun while everything is stopped`)
    this.#begun.set(`${action.postId} ${action.segment}`, this.ledger.now)
    holder.attempts.push({ action, attempt: answer.attempt, clicked: false })
  }

  #complete(outcome: ReturnType<TestLedger['outcome']>, { id, at }: Create): void {
    this.ledger.do('complete', outcome, {
      platformId: id,
      url: `https://x.com/i/status/${id}`,
      publishedAt: at,
      source: 'response',
    })
  }

  #pick(random: number): BeginAction {
    const action = this.#posts[random % this.#posts.length]
    if (action === undefined) throw new Error('no posts')
    return action
  }

  #createsOf(action: BeginAction): Create[] {
    return this.#all(action).filter(({ revision }) => revision === action.revision)
  }

  /** Of every revision. */
  #all({ postId, segment }: BeginAction): Create[] {
    const key = `${postId} ${segment}`
    const creates = this.#creates.get(key) ?? []
    this.#creates.set(key, creates)
    return creates
  }
}
