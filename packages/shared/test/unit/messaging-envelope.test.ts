import { type CommandContract, defineCommand, newId } from '@surepost/shared/contracts'
import { ContractError } from '@surepost/shared/errors'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newTrace, currentContext, inContext } from '../../src/telemetry/context.ts'
import { attemptOf, brokenEnvelope, copyProperties, decode, encode, properties } from '../../src/messaging/envelope.ts'

const contract: CommandContract = defineCommand({
  type: 'note.take',
  version: 2,
  queue: 'notes',
  body: z.strictObject({ text: z.string(), loud: z.boolean().default(false) }),
  retry: { rungs: [] },
  upgrade: (previous) => ({ text: z.object({ words: z.string() }).parse(previous).words }),
})

const messageOf = (headers: object, content: Buffer = Buffer.from('{}'), more: object = {}) => ({
  content,
  properties: { ...nothing, messageId: newId(), type: contract.type, headers: { ...headers }, ...more },
})
const nothing = {
  contentType: undefined,
  contentEncoding: undefined,
  deliveryMode: undefined,
  priority: undefined,
  correlationId: undefined,
  replyTo: undefined,
  expiration: undefined,
  messageId: undefined,
  timestamp: undefined,
  type: undefined,
  userId: undefined,
  appId: undefined,
  clusterId: undefined,
}
const json = (body: unknown): Buffer => Buffer.from(JSON.stringify(body))

describe('a body', () => {
  test('travels through encode and decode, with its defaults', () => {
    const content = encode(contract, { text: 'hello' })
    expect(decode(contract, messageOf({ version: 2 }, content))).toEqual({
      ok: true,
      body: { text: 'hello', loud: false },
    })
  })

  test('that does not fit its contract is refused before it is sent, without its values', () => {
    expect(() => encode(contract, { text: 7, extra: 'hunter2' })).toThrow(ContractError)
    expect(() => encode(contract, { text: 7, extra: 'hunter2' })).not.toThrow('hunter2')
  })

  test('of the previous version is lifted', () => {
    expect(decode(contract, messageOf({ version: 1 }, json({ words: 'hi' })))).toEqual({
      ok: true,
      body: { text: 'hi', loud: false },
    })
  })

  test.each([
    ['not JSON', { version: 2 }, Buffer.from('hunter2'), 'its body is not JSON'],
    ['of another shape', { version: 2 }, json({ text: 1 }), 'its body is not a note.take: text: Invalid input'],
    ['of no version', {}, json({ text: 'a' }), 'version (none) of note.take is not known here: version 2 is'],
    ['of a later version', { version: 3 }, json({ text: 'a' }), 'version 3 of note.take is not known here'],
    ['of a previous version that cannot be lifted', { version: 1 }, json({}), 'its version 1 could not be lifted to 2'],
  ])('that is %s is told so, without its values', (_, headers, content, reason) => {
    const decoded = decode(contract, messageOf(headers, content))
    expect(decoded).toMatchObject({ ok: false, reason: expect.stringContaining(reason) })
    expect(JSON.stringify(decoded)).not.toContain('hunter2')
  })
})

describe('an envelope', () => {
  test.each([
    ['without an id', {}, { messageId: undefined }, 'its message id is not a UUID'],
    ['with a time that is none', { 'not-before': 'soon' }, {}, 'its header not-before is not an instant'],
    ['that comes back for the nineteenth time', { 'x-delivery-count': 19 }, {}, 'it came back 19 times'],
  ])('%s is broken', (_, headers, more, reason) => {
    expect(brokenEnvelope(messageOf(headers, json({}), more))).toContain(reason)
  })

  test('that is as it should be is not', () => {
    expect(
      brokenEnvelope(messageOf({ 'not-before': new Date().toISOString(), 'x-delivery-count': 18 })),
    ).toBeUndefined()
  })

  test('counts attempts from 1, whatever the header says', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(attemptOf(messageOf({ attempt: value }))).toBeGreaterThanOrEqual(1)
      }),
    )
    expect(attemptOf(messageOf({ attempt: 4 }))).toBe(4)
  })
})

describe('a copy', () => {
  test('is the same message, without what the broker wrote on it and without a TTL', () => {
    const brokers = { 'x-death': [{ count: 3 }], 'x-first-death-queue': 'a', 'x-delivery-count': 2, CC: ['elsewhere'] }
    const original = messageOf({ ...brokers, version: 2, traceparent: 't' }, json({}), {
      correlationId: 'c',
      replyTo: 'r',
      expiration: '10',
      userId: 'u',
    })
    const copy = copyProperties(original, { attempt: 2, 'not-before': undefined })
    expect(copy).toMatchObject({
      messageId: original.properties.messageId,
      type: 'note.take',
      correlationId: 'c',
      replyTo: 'r',
    })
    expect(copy.headers).toEqual({ version: 2, traceparent: 't', attempt: 2 })
    expect(copy).not.toHaveProperty('expiration')
    expect(copy).not.toHaveProperty('userId')
  })

  test('of a message without an id gets one, so that a person can name it', () => {
    expect(copyProperties(messageOf({}, json({}), { messageId: undefined }), {}).messageId).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('correlation and trace', () => {
  test('of a message sent while another is handled continue that one’s', () => {
    const traceparent = newTrace()
    const sent = inContext({ correlationId: 'c', traceparent }, () => properties('poster', 'a'))
    expect(sent.correlationId).toBe('c')
    expect(sent.headers.traceparent).toBe(traceparent)
  })

  test('of a message of its own begin with it', () => {
    const sent = properties('poster', 'a')
    expect(currentContext()).toBeUndefined()
    expect(sent.correlationId).toBe(sent.messageId)
    expect(sent.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })
})
