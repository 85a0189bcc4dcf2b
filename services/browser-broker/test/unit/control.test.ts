import { AccountId, CancelPost, newId, newPostId, SettleSegment } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { expect, test } from 'vitest'
import { type ControlPorts, controlRoutes } from '../../src/handlers/control.ts'

const account = AccountId.parse('acme')
const postId = newPostId()
const WORDS = [
  [CancelPost, { postId, account, by: 'eve', reason: 'no more' }, { result: 'cancelled' }],
  [SettleSegment, { postId, segment: 0, account, by: 'eve', live: null }, { result: 'settled' }],
] as const

/** Say a word to the broker, while what its ledger has written is (not) confirmed. */
const say = (contract: (typeof WORDS)[number][0], body: object, answer: object, told: () => Promise<void>) => {
  const ledger = { ask: async () => answer } as unknown as ControlPorts['ledger']
  const route = controlRoutes({ ledger, outbox: { told }, marked: () => undefined }).find(
    (one) => one.contract === contract,
  )
  if (route === undefined) throw new Error(`there is no route for ${contract.type}`)
  return route.run({ id: newId(), body } as never, { signal: new AbortController().signal })
}

test.each(WORDS)(
  '$type is answered when its fact cannot be lost any more, and not before',
  async (contract, body, answer) => {
    const confirmed = Promise.withResolvers<void>()
    let answered = false
    const outcome = say(contract, body, answer, () => confirmed.promise).then((one) => {
      answered = true
      return one
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    confirmed.resolve()
    expect(await outcome).toMatchObject({ body: answer })
  },
)

test.each(WORDS)('$type that cannot be told in time is not answered', async (contract, body, answer) => {
  const late = () => Promise.reject(new UnavailableError('rabbitmq', 'not confirmed in time'))
  await expect(say(contract, body, answer, late)).rejects.toThrow('not confirmed in time')
})
