import { expect, test } from 'vitest'
import { type Run, run as runFixture } from '../fixtures/process.ts'

const run = (behaviour: string, env: Record<string, string> = {}): Run =>
  runFixture('service', { BEHAVIOUR: behaviour, ...env })
const started = (service: Run): Promise<true> => service.said('STARTED')

test.each(['SIGTERM', 'SIGINT'] as const)('%s releases what is in use and ends with 0', async (signal) => {
  const service = run('good')
  await started(service)
  service.child.kill(signal)
  expect(await service.exit()).toBe(0)
  expect(service.out()).toContain('RELEASED')
  expect(service.err()).toBe('')
})

test('configuration that cannot be used is told in sentences only, and ends with 78', async () => {
  const own = run('unconfigured')
  expect(await own.exit()).toBe(78)
  expect(own.err()).toBe('AMQP_URL is missing: it must be a URL that starts with amqp:// or amqps://.\n')
  expect(own.out()).toContain('RELEASED')
  const common = run('good', { OPS_PORT: 'nine', LOG_LEVEL: 'loud' })
  expect(await common.exit()).toBe(78)
  expect(common.err()).toBe(
    'OPS_PORT was "nine": it must be a port number, 0 to 65535.\n' +
      'LOG_LEVEL was "loud": it must be trace, debug, info, warn, error or fatal.\n',
  )
})

test('any other start that fails is told in one line, and ends with 1', async () => {
  const service = run('broken')
  expect(await service.exit()).toBe(1)
  expect(service.err()).toBe('sample could not start: the cupboard is bare\n')
  expect(service.out()).toContain('RELEASED')
})

test('a stop that takes too long is told, and ends with 1', async () => {
  const service = run('stuck', { SHUTDOWN_GRACE_MS: '100' })
  await started(service)
  service.child.kill('SIGTERM')
  expect(await service.exit()).toBe(1)
  expect(service.err()).toContain('sample did not stop within 100 ms (SHUTDOWN_GRACE_MS)')
})

test('a rejection that nobody handles is logged, and ends in an orderly stop with 1', async () => {
  const service = run('rejects')
  expect(await service.exit()).toBe(1)
  expect(service.out()).toContain('nobody looked')
  expect(service.out()).toContain('RELEASED')
})

test('what is left open does not keep the process, and is named', async () => {
  const service = run('leaky')
  await started(service)
  service.child.kill('SIGTERM')
  expect(await service.exit()).toBe(0)
  expect(service.err()).toContain('Ended with these still open: Timeout')
})

test('a heap that is kept small stays near what it holds, where another one grows', async () => {
  const largest = async (behaviour: string): Promise<number> => {
    const service = run(behaviour, { NODE_OPTIONS: '--max-semi-space-size=4' })
    await started(service)
    return Number(/LARGEST (\d+)/u.exec(service.out())?.[1])
  }
  // Some 75 of 140 MiB.
  expect(await largest('thrifty')).toBeLessThan(0.8 * (await largest('greedy')))
})
