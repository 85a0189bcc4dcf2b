import { afterEach, describe, expect, it } from 'vitest'
import { AccountId, PlatformId, type ApprovedPost, type BeginAction } from '@surepost/shared/contracts'
import { UPKEEP } from '../../src/ledger/upkeep.ts'
import { actionFor } from '../support/fixtures.ts'
import { POLICY, TestLedger } from '../support/ledger.ts'

const ledger = new TestLedger()
afterEach(() => ledger.reset())

/** An answer to somebody, with the command that carries who that is. */
const answerTo = (
  author: string,
  account: AccountId,
  more: Partial<BeginAction> = {},
  now = ledger.now,
): BeginAction => {
  const action = actionFor(account, { kind: 'reply', notAfter: '2026-03-02T12:00:00.000Z', ...more })
  const { postId, revision, hash, notAfter } = action
  const content = {
    segments: [{ text: 'yes', media: [] }],
    replyTo: { platformId: PlatformId.parse('1900000000000000001'), author },
  }
  const acceptedAt = new Date(now).toISOString()
  const command: ApprovedPost = { postId, revision, hash, account, platform: 'x', content, notAfter, acceptedAt }
  return { ...action, acceptedAt, command: { ...command, dispatchedAt: acceptedAt } }
}
const optOut = (person: string) =>
  ledger.do('optOut', {
    at: '2026-03-01T12:00:00.000Z',
    account: AccountId.parse('grace'),
    mention: PlatformId.parse('1900000000000000009'),
    platform: 'x',
    person,
  })

describe('somebody who wants no answers', () => {
  it('gets none from any account, in whatever letters the handle is written', () => {
    const ada = ledger.account('ada')
    optOut('eve_x')
    expect(ledger.ask(answerTo('Eve_X', ada))).toMatchObject({ answer: 'refused', reason: 'opted_out', until: null })
    expect(ledger.ask(answerTo('eve', ada))).toMatchObject({ answer: 'fresh' })
  })
  it('gets none of what was approved or drafted before, and that wish never ends', () => {
    const ada = ledger.account('ada')
    const before = answerTo('eve', ada, { notAfter: '2027-03-01T12:00:00.000Z' })
    optOut('eve')
    ledger.pass(300 * 86_400_000)
    expect(ledger.ask(before)).toMatchObject({ answer: 'refused', reason: 'opted_out' })
  })
  it('does not keep us from asking the platform about an answer that may have gone out before', () => {
    const ada = ledger.account('ada')
    const answer = answerTo('eve', ada)
    expect(ledger.ask(answer)).toMatchObject({ answer: 'fresh' })
    optOut('eve')
    expect(ledger.ask(answer)).toMatchObject({ answer: 'unknown' })
  })
})

describe('a ledger that was born anew', () => {
  const at = '2026-03-01T12:00:00.000Z'
  const reborn = (): TestLedger => {
    const born = new TestLedger()
    const { id, seq } = UPKEEP.standing({ store: born.store, now: born.now, policy: POLICY })
    const said = { id, seq: seq + 1, killSwitch: { on: false, by: '', reason: '' } }
    born.store.commit([() => UPKEEP.start({ store: born.store, now: born.now, policy: POLICY }, said)])
    born.pass(60_000)
    return born
  }
  const tell = (
    born: TestLedger,
    page: { after: string | null; people: readonly string[]; last: boolean; to?: string },
  ) =>
    born.do('tellOptOuts', {
      ledgerId: page.to ?? born.store.tables.ledger().id,
      after: page.after,
      people: page.people.map((person) => ({ platform: 'x', person, at })),
      last: page.last,
    })
  const untold = (born: TestLedger) => UPKEEP.untold({ store: born.store, now: born.now, policy: POLICY })

  it('begins no answer before the record has told it all who want none, while posts go out', () => {
    using born = reborn()
    const ada = born.account('ada')
    expect(untold(born)).toBe(born.store.tables.ledger().id)
    expect(born.ask(answerTo('bob', ada, {}, born.now))).toMatchObject({ answer: 'refused', reason: 'not_yet' })
    const post = actionFor(ada, { notAfter: '2026-03-02T12:00:00.000Z', acceptedAt: new Date(born.now).toISOString() })
    expect(born.ask(post)).toMatchObject({ answer: 'fresh' })
    tell(born, { after: null, people: ['carol', 'dave'], last: false })
    expect(born.ask(answerTo('bob', ada, {}, born.now))).toMatchObject({ reason: 'not_yet' })
    tell(born, { after: 'x/dave', people: ['eve'], last: true })
    expect(untold(born)).toBeNull()
    expect(born.ask(answerTo('bob', ada, {}, born.now))).toMatchObject({ answer: 'fresh' })
    for (const person of ['carol', 'dave', 'eve'])
      expect(born.ask(answerTo(person, ada, {}, born.now))).toMatchObject({ answer: 'refused', reason: 'opted_out' })
  })
  it('does not count a page that does not follow the one before it, nor one that was meant for another ledger', () => {
    using born = reborn()
    tell(born, { after: null, people: ['carol'], last: false })
    tell(born, { after: 'x/dave', people: ['eve'], last: true })
    tell(born, { after: null, people: [], last: true, to: '00000000-0000-7000-8000-000000000000' })
    expect(untold(born)).not.toBeNull()
    // What was in it is known all the same.
    expect(born.ask(answerTo('eve', born.account('ada'), {}, born.now))).toMatchObject({ reason: 'opted_out' })
  })
})

describe('an answer with the text of another account', () => {
  it('is refused, while a post with it is not', () => {
    const [ada, grace] = [ledger.account('ada'), ledger.account('grace')]
    const first = answerTo('bob', ada)
    const { textHash } = first
    expect(ledger.ask(first)).toMatchObject({ answer: 'fresh' })
    expect(ledger.ask(answerTo('carol', grace, { textHash }))).toMatchObject({ answer: 'refused', reason: 'same_text' })
    expect(
      ledger.ask(actionFor(grace, { textHash, notAfter: first.notAfter, acceptedAt: first.acceptedAt })),
    ).toMatchObject({
      answer: 'fresh',
    })
  })
})
