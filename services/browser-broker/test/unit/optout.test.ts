import { afterEach, describe, expect, it } from 'vitest'
import { AccountId, PlatformId, type ApprovedPost, type BeginAction } from '@surepost/shared/contracts'
import { actionFor } from '../support/fixtures.ts'
import { TestLedger } from '../support/ledger.ts'

const ledger = new TestLedger()
afterEach(() => ledger.reset())

/** An answer to somebody, with the command that carries who that is. */
const answerTo = (author: string, account: AccountId, more: Partial<BeginAction> = {}): BeginAction => {
  const action = actionFor(account, { kind: 'reply', notAfter: '2026-03-02T12:00:00.000Z', ...more })
  const { postId, revision, hash, notAfter } = action
  const content = {
    segments: [{ text: 'yes', media: [] }],
    replyTo: { platformId: PlatformId.parse('1900000000000000001'), author },
  }
  const acceptedAt = new Date(ledger.now).toISOString()
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
