import { ConfigError } from '@surepost/shared/errors'
import {
  Registry,
  type Service,
  type ServiceOptions,
  type Start,
  aborted,
  counter,
  createService,
  silentLogger,
} from '@surepost/shared/runtime'
import { afterEach, expect, test } from 'vitest'

const open: Service[] = []
afterEach(async () => {
  for (const service of open.splice(0)) await service.stop().catch(() => {})
})

const serviceOf = (start: Start, env: ServiceOptions['env'] = {}, registry = new Registry()): Service => {
  const options = { env: { OPS_HOST: '127.0.0.1', OPS_PORT: '0', ...env }, registry, log: silentLogger() }
  const service = createService('poster', start, options)
  open.push(service)
  return service
}

const ask = async (service: Service, path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`http://127.0.0.1:${service.opsPort}${path}`)
  const text = await response.text()
  return { status: response.status, body: path === '/metrics' ? text : JSON.parse(text) }
}

const releasing = (order: string[], name: string): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => void order.push(name),
})

test('configuration that cannot be used is refused before anything is started', () => {
  expect(() => serviceOf(async () => {}, { OPS_PORT: 'x' })).toThrow(ConfigError)
})

test('while it starts it is live and not ready, and says so', async () => {
  const starting = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const service = serviceOf(async () => {
    reached.resolve()
    await starting.promise
  })
  const started = service.start()
  await reached.promise
  expect(await ask(service, '/livez')).toEqual({ status: 200, body: { live: true } })
  expect(await ask(service, '/readyz')).toEqual({
    status: 503,
    body: { ready: false, reasons: ['poster is starting.'] },
  })
  starting.resolve()
  await started
  expect(await ask(service, '/readyz')).toEqual({ status: 200, body: { ready: true, reasons: [] } })
})

test('readiness tells every reason once, and a check that throws is a reason', async () => {
  const service = serviceOf(async (scope) => {
    scope.readyWhen(() => ['RabbitMQ is away.'])
    scope.readyWhen(async () => ['RabbitMQ is away.', 'The schema is old.'])
    scope.readyWhen(() => {
      throw new Error('The moon is full.')
    })
  })
  await service.start()
  expect(await ask(service, '/readyz')).toEqual({
    status: 503,
    body: { ready: false, reasons: ['RabbitMQ is away.', 'The schema is old.', 'The moon is full.'] },
  })
  expect((await ask(service, '/livez')).status).toBe(200)
})

test('metrics carry the service and those of the process', async () => {
  const registry = new Registry()
  const service = serviceOf(async () => counter('surepost_test_total', 'A test.', [], registry).inc(), {}, registry)
  await service.start()
  const { body } = await ask(service, '/metrics')
  expect(body).toContain('surepost_test_total{service="poster"} 1')
  expect(body).toContain('process_cpu_user_seconds_total{service="poster"}')
})

test('a stop aborts the signal first and releases in reverse what was taken into use', async () => {
  const order: string[] = []
  const service = serviceOf(async (scope) => {
    scope.signal.addEventListener('abort', () => order.push('signal'))
    scope.use(releasing(order, 'first'))
    scope.use(releasing(order, 'second'))
  })
  await service.start()
  await Promise.all([service.stop(), service.stop()])
  expect(order).toEqual(['signal', 'second', 'first'])
  expect(service.state).toBe('stopped')
})

test('a start that fails is unwound and throws what it threw', async () => {
  const order: string[] = []
  const service = serviceOf(async (scope) => {
    scope.use(releasing(order, 'first'))
    scope.use(releasing(order, 'second'))
    throw new Error('no database')
  })
  await expect(service.start()).rejects.toThrow('no database')
  expect(order).toEqual(['second', 'first'])
  expect(service.state).toBe('stopped')
})

test('a resource that cannot be released does not keep the others', async () => {
  const order: string[] = []
  const service = serviceOf(async (scope) => {
    scope.use(releasing(order, 'first'))
    scope.use({ [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) })
  })
  await service.start()
  await service.stop()
  expect(order).toEqual(['first'])
})

test('a stop during the start waits for it and releases what it took', async () => {
  const order: string[] = []
  const reached = Promise.withResolvers<void>()
  const service = serviceOf(async (scope) => {
    reached.resolve()
    await aborted(scope.signal)
    scope.use(releasing(order, 'late'))
  })
  const started = service.start()
  await reached.promise
  await service.stop()
  await started
  expect(order).toEqual(['late'])
  expect(service.state).toBe('stopped')
})

test('a stop before the start has begun keeps it from beginning', async () => {
  const service = serviceOf(() => Promise.reject(new Error('was begun')))
  const started = service.start()
  await service.stop()
  await started
  expect(service.state).toBe('stopped')
})

test('a stop that takes too long ends with a sentence', async () => {
  const service = serviceOf(
    async (scope) => void scope.use({ [Symbol.asyncDispose]: () => new Promise<void>(() => {}) }),
    { SHUTDOWN_GRACE_MS: '20' },
  )
  await service.start()
  await expect(service.stop()).rejects.toThrow('poster did not stop within 20 ms (SHUTDOWN_GRACE_MS)')
})

test('a taken port is named', async () => {
  const first = serviceOf(async () => {})
  await first.start()
  const second = serviceOf(async () => {}, { OPS_PORT: String(first.opsPort) })
  await expect(second.start()).rejects.toThrow(`127.0.0.1:${first.opsPort}: the port is taken; set OPS_PORT`)
})
