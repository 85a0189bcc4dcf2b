import { type AccountConfig, type BeginAction, type BeginAnswer, FACTS } from '@surepost/shared/contracts'
import type { AnswerOf, ArgumentsOf, OperationName } from '../../src/ledger/operations.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/ledger/policy.ts'
import { type Store, openStore } from '../../src/ledger/store.ts'
import type { Outcome } from '../../src/ledger/decide-outcome.ts'
import { accountConfig } from './fixtures.ts'

export const BIRTH = Date.parse('2026-03-01T12:00:00.000Z')
export const SECOND = 1_000
export const MINUTE = 60_000
export const WINDOW = 60_000
export const POLICY: Policy = { ...DEFAULT_POLICY, settleWindowMs: WINDOW }

export interface Said {
  readonly type: string
  readonly body: Record<string, unknown>
}

/** The real ledger on an in-memory SQLite, with a clock in the test's hand. */
export class TestLedger implements Disposable {
  now = BIRTH + SECOND
  readonly store: Store
  #leases = 0

  constructor(path = ':memory:', policy = POLICY) {
    this.store = openStore({ path, shard: 0, shards: 1, policy }, BIRTH)
    this.tellOptOuts()
  }

  do<N extends OperationName>(name: N, ...args: ArgumentsOf<N>): AnswerOf<N> {
    const [result] = this.store.commit([() => this.store.perform(name, args, this.now)])
    if (result === undefined || 'failed' in result) throw result?.failed
    return result.ok as AnswerOf<N>
  }

  /** As the record does after a birth: all those who want no answers. */
  tellOptOuts(people: readonly string[] = []): void {
    const at = new Date(BIRTH).toISOString()
    const page = people.map((person) => ({ platform: 'x' as const, person, at }))
    this.do('tellOptOuts', { ledgerId: this.store.tables.ledger().id, after: null, people: page, last: true })
  }

  pass(ms: number): void {
    this.now += ms
  }

  account(id: string, budgets: Partial<AccountConfig['budgets']> = {}): AccountConfig['id'] {
    const config = accountConfig(id, budgets)
    this.do('configure', config)
    this.store.db.prepare('insert or replace into sessions values (?, ?, ?)').run(id, Buffer.of(1), this.now)
    return config.id
  }

  /** An `act` lease of the account; throws when it is denied. */
  lease(account: AccountConfig['id']): string {
    const leaseId = `lease-${(this.#leases += 1)}`
    const opened = this.do('openLease', { leaseId, account, class: 'act' })
    if ('denied' in opened) throw new Error(`denied: ${opened.denied}`)
    return leaseId
  }

  end(leaseId: string, at = this.now): void {
    this.do('leaseEnded', leaseId, at, 'its lease ended')
  }

  begin(action: BeginAction, leaseId: string): BeginAnswer {
    const answer = this.do('begin', action, leaseId)
    if ('refused' in answer) throw new Error(`${answer.refused}: ${answer.detail}`)
    return answer
  }

  /** Begin in a lease of its own, which then ends; for what the answer alone matters. */
  ask(action: BeginAction): BeginAnswer {
    const leaseId = this.lease(action.account)
    const answer = this.begin(action, leaseId)
    this.end(leaseId)
    return answer
  }

  outcome(action: BeginAction, attempt: number, leaseId: string): Outcome {
    const { postId, revision, segment } = action
    return { key: { postId, revision, segment }, attempt, leaseId }
  }

  /** What waits in the outbox, oldest first, each checked against its contract. */
  said(): Said[] {
    const rows = this.store.db.prepare('select type, body from outbox order by seq').all() as {
      type: string
      body: string
    }[]
    return rows.map(({ type, body }) => {
      const parsed = JSON.parse(body) as Record<string, unknown>
      FACTS.find((contract) => contract.type === type)?.body.parse(parsed)
      return { type, body: parsed }
    })
  }

  types(): string[] {
    return this.said().map(({ type }) => type)
  }

  /** Forget everything: quicker than a new one. */
  reset(): void {
    for (const table of [
      'actions',
      'spends',
      'appointments',
      'revocations',
      'accounts',
      'sessions',
      'leases',
      'commands',
      'opted_out',
      'outbox',
      'traces',
    ])
      this.store.db.exec(`delete from ${table}`)
    this.now = BIRTH + SECOND
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]()
  }
}
