import { z } from 'zod'
import { StackError } from './errors.ts'

const EndpointsAnswer = z.object({
  postgresUrl: z.string(),
  amqpUrl: z.string(),
  rabbitmqManagementUrl: z.string(),
  supabaseUrl: z.string(),
  supabaseKey: z.string(),
  supabaseAnonKey: z.string(),
})

const SiteAnswer = z.object({
  endpoints: EndpointsAnswer,
  playgroundUrl: z.string(),
  consoleUrl: z.string(),
  brokerUrl: z.string(),
  apiKey: z.string(),
  brokerAdminKey: z.string(),
  services: z.array(z.object({ name: z.string(), pid: z.int(), opsPort: z.int().optional(), logFile: z.string() })),
})

/** A set of services and what is needed to speak to them. Holds secrets. */
export type SystemDescription = z.infer<typeof SiteAnswer>

const Description = SiteAnswer.extend({
  dataDir: z.string(),
  prometheusUrl: z.string(),
  dependencies: z.array(z.object({ name: z.string(), running: z.boolean() })),
})

/** Everything there is to know of a running stack. Holds secrets. */
export type StackDescription = z.infer<typeof Description>

const IsolateAnswer = z.object({ id: z.string(), endpoints: EndpointsAnswer })
export type IsolateAnswer = z.infer<typeof IsolateAnswer>

export interface ServicesRequest {
  /** Names; all by default. */
  readonly only?: readonly string[]
  /** Variables by service name (`*` for all) that win over the stack's own. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** How many processes of a service, by its name; the second is `<name>-2`. One by default. */
  readonly replicas?: Readonly<Record<string, number>>
}

/** What may be asked of a running stack, from the process that started it or from another. */
export interface Control {
  describe(): Promise<StackDescription>
  /** Start the playground and the services, and wait until each is ready. @throws StackError */
  startServices(request?: ServicesRequest): Promise<StackDescription>
  /** Start one dependency or service again and wait until it is ready. @throws StackError */
  startPart(name: string): Promise<void>
  /** Stop one dependency or service; `hard` is SIGKILL. @throws StackError */
  stopPart(name: string, options?: { readonly hard?: boolean }): Promise<void>
  /** Raise or clear RabbitMQ's memory alarm, which blocks every publisher. @throws StackError */
  setMemoryAlarm(on: boolean): Promise<void>
  /** A virtual host and a migrated database of their own. @throws StackError */
  createIsolate(): Promise<IsolateAnswer>
  /** Start services on an isolate, with ports and folders of their own. @throws StackError */
  startIsolateServices(id: string, request?: ServicesRequest): Promise<SystemDescription>
  /** Stop or start one service of an isolate. @throws StackError */
  stopIsolateService(id: string, name: string, options?: { readonly hard?: boolean }): Promise<void>
  startIsolateService(id: string, name: string): Promise<void>
  /** @returns what clients had left open, a sentence each */
  disposeIsolate(id: string): Promise<readonly string[]>
  /** Ask the supervisor to stop everything; returns before that is done. */
  requestStop(): Promise<void>
}

/** Where a supervisor listens. The token is secret. */
export interface ControlAddress {
  readonly dataDir: string
  readonly control: { readonly port: number; readonly token: string }
}

/** Client of the supervisor's control API. */
export const controlAt = ({ control, dataDir }: ControlAddress): Control => {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${control.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(300_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new StackError(`The stack in ${dataDir} does not answer.`, { cause })
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer
    throw new StackError(
      z.object({ message: z.string() }).safeParse(answer).data?.message ??
        `The supervisor answered ${response.status}.`,
    )
  }
  return {
    describe: async () => Description.parse(await call('GET', '/stack')),
    startServices: async (request = {}) => Description.parse(await call('POST', '/services', request)),
    startPart: async (name) => {
      await call('POST', `/parts/${encodeURIComponent(name)}/start`)
    },
    stopPart: async (name, options = {}) => {
      await call('POST', `/parts/${encodeURIComponent(name)}/stop`, options)
    },
    setMemoryAlarm: async (on) => {
      await call('POST', '/parts/rabbitmq/memory-alarm', { on })
    },
    createIsolate: async () => IsolateAnswer.parse(await call('POST', '/isolates')),
    startIsolateServices: async (id, request = {}) =>
      SiteAnswer.parse(await call('POST', `/isolates/${id}/services`, request)),
    stopIsolateService: async (id, name, options = {}) => {
      await call('POST', `/isolates/${id}/services/${name}/stop`, options)
    },
    startIsolateService: async (id, name) => {
      await call('POST', `/isolates/${id}/services/${name}/start`)
    },
    disposeIsolate: async (id) =>
      z.object({ leftOpen: z.array(z.string()) }).parse(await call('DELETE', `/isolates/${id}`)).leftOpen,
    requestStop: async () => {
      await call('POST', '/stack/stop')
    },
  }
}
