import { controlAt } from '@surepost/stack'
import { eventually } from '@surepost/testkit'
import { connect } from 'amqplib'
import { expect, inject, test } from 'vitest'
import { managementOf } from '../fixtures/bus.ts'

test('a connection that a test file leaves open is told when its isolate is disposed of', async () => {
  const control = controlAt(inject('surepost'))
  const { id, endpoints } = await control.createIsolate()
  const connection = await connect(endpoints.amqpUrl)
  connection.on('error', () => {})
  const { connections } = managementOf({ endpoints })
  await eventually(async () => (await connections()).length > 0, { timeoutMs: 60_000 })
  expect(await control.disposeIsolate(id)).toEqual([
    expect.stringMatching(/^a RabbitMQ connection \(127\.0\.0\.1:\d+ /),
  ])
}, 120_000)
