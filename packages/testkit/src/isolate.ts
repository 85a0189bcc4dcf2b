import { controlAt, type Endpoints, type ServicesRequest, type SystemDescription } from '@surepost/stack'
import { afterAll, inject } from 'vitest'
import './provided.ts'

/** A part of the test stack that belongs to one test file. */
export interface IsolatedEnvironment {
  /** Name of its virtual host and of its database. */
  readonly id: string
  readonly endpoints: Endpoints
  /** Start the playground and the services (all, or those named) on this isolate; they end with it. */
  startServices(request?: ServicesRequest): Promise<SystemDescription>
  /** `hard` is SIGKILL. */
  stopService(name: string, options?: { readonly hard?: boolean }): Promise<void>
  startService(name: string): Promise<void>
  /** Stop and start what all test files share: only for tests that run alone. */
  stopDependency(name: string, options?: { readonly hard?: boolean }): Promise<void>
  startDependency(name: string): Promise<void>
  /** RabbitMQ's memory alarm, which blocks the publishers of all test files: only for tests that run alone. */
  setMemoryAlarm(on: boolean): Promise<void>
}

/**
 * A virtual host with the policies applied and a migrated database behind a PostgREST and a gateway of its own. Call it
 * once at the top of a test file, before any `afterAll` of the file: it is disposed of last, and fails the file when a
 * connection to Postgres or RabbitMQ was left open.
 */
export const isolate = async (): Promise<IsolatedEnvironment> => {
  const control = controlAt(inject('surepost'))
  const { id, endpoints } = await control.createIsolate()
  afterAll(async () => {
    const leftOpen = await control.disposeIsolate(id)
    if (leftOpen.length > 0)
      throw new Error(`The test file left open: ${leftOpen.join('; ')}. Close what was connected before the file ends.`)
  })
  return {
    id,
    endpoints,
    startServices: (request) => control.startIsolateServices(id, request),
    stopService: (name, options) => control.stopIsolateService(id, name, options),
    startService: (name) => control.startIsolateService(id, name),
    stopDependency: (name, options) => control.stopPart(name, options),
    startDependency: (name) => control.startPart(name),
    setMemoryAlarm: (on) => control.setMemoryAlarm(on),
  }
}
