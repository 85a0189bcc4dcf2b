import { controlAt } from '@surepost/stack'
import { eventually } from '@surepost/testkit'
import { expect, inject, test } from 'vitest'
import { busOf, managementOf } from '../fixtures/bus.ts'

test('connections that a test file leaves open are told when its isolate is disposed of', async () => {
  const control = controlAt(inject('surepost'))
  const { id, endpoints } = await control.createIsolate()
  await busOf({ endpoints })
  const { connections } = managementOf({ endpoints })
  await eventually(async () => (await connections()).length > 0, { timeoutMs: 60_000 })
  const told = await control.disposeIsolate(id)
  expect(told).not.toEqual([])
  for (const one of told) expect(one).toMatch(/^a RabbitMQ connection \(127\.0\.0\.1:\d+ /)
}, 120_000)
