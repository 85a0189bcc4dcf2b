import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccountId, CancelPost, newId, newPostId } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { controlRoutes } from '../../src/handlers/control.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { runOutbox } from '../../src/ledger/outbox.ts'
import { accountConfig } from '../support/fixtures.ts'
import { POLICY } from '../support/ledger.ts'

const folder = await mkdtemp(join(tmpdir(), 'surepost-outbox-'))
const ledger = await openLedger({ path: join(folder, 'ledger.db'), shard: 0, shards: 1, policy: POLICY })
afterAll(async () => {
  await ledger[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})
const account = AccountId.parse('acme')
await ledger.ask('configure', accountConfig('acme'))

/** RabbitMQ, confirming a cancellation when the test says so. */
const held = () => {
  const asked = Promise.withResolvers<void>()
  const confirm = Promise.withResolvers<void>()
  const emit = async ({ type }: { readonly type: string }): Promise<void> => {
    if (type !== 'post.cancelled') return
    asked.resolve()
    await confirm.promise
  }
  const bus = { emit, send: async () => {}, keep: async () => {} } as unknown as Bus
  return { bus, asked: asked.promise, confirm: () => confirm.resolve() }
}

test('a cancel is answered when its fact cannot be lost with the ledger any more, and not before', async () => {
  const { bus, asked, confirm } = held()
  await using outbox = runOutbox(ledger, bus, 0, pino({ level: 'silent' }))
  const route = controlRoutes({ ledger, outbox, marked: () => {} }).find(({ contract }) => contract === CancelPost)
  const postId = newPostId()
  const body = { postId, account, acceptedAt: new Date().toISOString(), by: 'a person', reason: 'changed my mind' }
  const delivery = { id: newId(), type: CancelPost.type, body, attempt: 1, lastAttempt: false } as never
  let answered = false
  const answer = route?.run(delivery, { signal: new AbortController().signal }).then((outcome) => {
    answered = true
    return outcome
  })
  await asked
  // The fact is on its way: the ledger has decided, and nobody may hear of it yet.
  expect(await ledger.ask('cancel', body)).toEqual({ result: 'cancelled' })
  expect(answered).toBe(false)
  confirm()
  expect(await answer).toMatchObject({ kind: 'answer', body: { result: 'cancelled' } })
})
