import { AccountId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { sealingWith } from '../../src/accounts/sealing.ts'
import { minorOf, newTicket } from '../../src/leases/grant.ts'
import { sessionWith } from '../support/fixtures.ts'

const [one, two] = [AccountId.parse('one'), AccountId.parse('two')]
const sealing = sealingWith(Buffer.alloc(32, 1))

test('a sealed session opens for its own account and key only, and shows nothing', () => {
  const sealed = sealing.seal(one, sessionWith('top-secret'))
  expect(Buffer.from(sealed).includes('top-secret')).toBe(false)
  expect(sealing.open(one, sealed)).toEqual(sessionWith('top-secret'))
  expect(() => sealing.open(two, sealed)).toThrow(/cannot be opened/)
  expect(() => sealingWith(Buffer.alloc(32, 2)).open(one, sealed)).toThrow(/cannot be opened/)
})

test('an altered session is refused', () => {
  const sealed = Buffer.from(sealing.seal(one, sessionWith('secret')))
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1
  expect(() => sealing.open(one, sealed)).toThrow(/cannot be opened/)
})

test('what is no session is not sealed', () => {
  expect(() => sealing.seal(one, { cookies: 'no' } as never)).toThrow()
})

test('a token opens each socket once, and a wrong one none', () => {
  const ticket = newTicket()
  expect(ticket.use('control', `${ticket.token}x`)).toBe(false)
  expect(ticket.use('control', ticket.token)).toBe(true)
  expect(ticket.use('control', ticket.token)).toBe(false)
  expect(ticket.use('driver', ticket.token)).toBe(true)
  expect(ticket.use('driver', ticket.token)).toBe(false)
})

test('versions are the same when major and minor are', () => {
  expect(minorOf('1.65.1')).toBe(minorOf('1.65.0'))
  expect(minorOf('1.65.1')).not.toBe(minorOf('1.64.1'))
})
