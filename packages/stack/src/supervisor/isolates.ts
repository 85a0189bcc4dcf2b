import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Backend } from '../backends/backend.ts'
import { createVhost, deleteVhost } from '../broker-definitions.ts'
import type { StackContext } from '../dependencies/dependency.ts'
import { openGateway } from '../dependencies/gateway.ts'
import { endpointsOf, type Endpoints } from '../endpoints.ts'
import { StackError } from '../errors.ts'
import { chooseBase, ephemeralPort, portsFrom } from '../ports.ts'
import { cloner, dropDatabase } from './isolate-database.ts'
import { openInPostgres, openInRabbitmq } from './left-open.ts'
import type { ServicesBody } from './protocol.ts'
import { services, type Part, type Services } from './services.ts'
import { describeSite, isolateSite, type SiteDescription } from './site.ts'

/** A virtual host and a database of their own, for one test file. */
export interface Isolate {
  readonly id: string
  readonly endpoints: Endpoints
}

/** A set of services on one isolate. */
export type IsolateServices = SiteDescription & { readonly services: ReturnType<Services['list']> }

/** Isolates of one stack; all of them end with it. */
export interface Isolates {
  create(): Promise<Isolate>
  /** Start services on an isolate. @throws StackError */
  startServices(id: string, request: ServicesBody): Promise<IsolateServices>
  /** @throws StackError when it was not started on that isolate */
  service(id: string, name: string): Part
  /** What clients had left open: a sentence each, empty when all was closed. */
  dispose(id: string): Promise<readonly string[]>
  /** Stop what runs for isolates, and nothing more: the data goes with the stack. */
  stopAll(): Promise<void>
}

interface Open extends Isolate {
  services: { readonly set: Services; readonly description: SiteDescription } | undefined
  stop(): Promise<void>
}

export const isolates = (context: StackContext, backend: Backend): Isolates => {
  const open = new Map<string, Open>()
  const clone = cloner(context)

  const find = (id: string): Open => {
    const found = open.get(id)
    if (found === undefined) throw new StackError(`There is no isolate ${id}.`)
    return found
  }

  const create = async (): Promise<Isolate> => {
    const id = `t_${randomBytes(5).toString('hex')}`
    await Promise.all([clone(id), createVhost(context, id)])
    const [port, adminPort] = await Promise.all([ephemeralPort(), ephemeralPort()])
    const rest = backend.postgrest(context, { name: `postgrest-${id}`, database: id, port, adminPort, pool: 10 })
    await rest.start()
    const front = await openGateway(0, port)
    const endpoints = endpointsOf(context, { database: id, vhost: id, gatewayPort: front.port })
    const stop = async (): Promise<void> => {
      await front.close({ hard: true })
      await rest.stop({ hard: true })
    }
    open.set(id, { id, endpoints, services: undefined, stop })
    return { id, endpoints }
  }

  const dispose = async (id: string): Promise<readonly string[]> => {
    const isolate = open.get(id)
    if (isolate === undefined) return []
    open.delete(id)
    await isolate.services?.set.stop({ hurry: true })
    await isolate.stop()
    const left = [...(await openInPostgres(context, id)), ...(await openInRabbitmq(context, id))]
    await Promise.all([dropDatabase(context, id), deleteVhost(context, id)])
    return left
  }

  return {
    create,
    startServices: async (id, request) => {
      const isolate = find(id)
      const { set, description } = (isolate.services ??= await servicesOn(context, isolate))
      await set.start(request)
      return { ...description, services: set.list() }
    },
    service: (id, name) => {
      const part = find(id).services?.set.get(name)
      if (part === undefined) throw new StackError(`${name} was not started on the isolate ${id}.`)
      return part
    },
    dispose,
    stopAll: async () => {
      await Promise.allSettled(
        [...open.values()].map((isolate) => Promise.all([isolate.services?.set.stop({ hurry: true }), isolate.stop()])),
      )
    },
  }
}

const servicesOn = async (
  context: StackContext,
  { id, endpoints }: Isolate,
): Promise<NonNullable<Open['services']>> => {
  const site = isolateSite(context, id, portsFrom(await chooseBase({})), endpoints)
  mkdirSync(site.dir, { recursive: true, mode: 0o700 })
  return { set: services(context, site), description: describeSite(context, site) }
}
