import { DEPENDENCY_NAMES, type StackContext } from '../dependencies/dependency.ts'
import { setMemoryAlarm } from '../dependencies/rabbitmq-alarm.ts'
import { StackError } from '../errors.ts'
import type { Operation } from './control.ts'
import type { Isolates } from './isolates.ts'
import { AlarmBody, ServicesBody, StopBody } from './protocol.ts'
import type { Services } from './services.ts'
import { describeSite, mainSite } from './site.ts'
import { dependencyName, type Dependencies } from './stack.ts'

interface Parts {
  readonly context: StackContext
  readonly dependencies: Dependencies
  readonly services: Services
  readonly isolates: Isolates
  /** Write the state file. */
  readonly record: () => void
  readonly stop: () => Promise<void>
}

/** Everything that another command may ask of a running stack. */
export const operations = (parts: Parts): readonly Operation[] => {
  const { dependencies, services, isolates, record, stop } = parts
  return [
    { method: 'GET', path: /^\/stack$/, run: async () => describe(parts) },
    {
      method: 'POST',
      path: /^\/stack\/stop$/,
      run: async () => {
        void stop()
        return { stopping: true }
      },
    },
    {
      method: 'POST',
      path: /^\/parts\/([\w-]+)\/(start|stop)$/,
      run: async ([name = '', verb], body) => {
        const dependency = dependencyName(name)
        const part = dependency ? dependencies.get(dependency) : services.get(name)
        if (part === undefined)
          throw new StackError(
            `There is no "${name}" in this stack. It has: ${[...DEPENDENCY_NAMES, ...services.list().map((one) => one.name)].join(', ')}.`,
          )
        if (verb === 'start') await part.start()
        else await part.stop(StopBody.parse(body))
        record()
        return { name, running: part.running }
      },
    },
    {
      method: 'POST',
      path: /^\/parts\/rabbitmq\/memory-alarm$/,
      run: async (_parameters, body) => {
        const { on } = AlarmBody.parse(body)
        await setMemoryAlarm(dependencies.get('rabbitmq'), on)
        return { on }
      },
    },
    {
      method: 'POST',
      path: /^\/services$/,
      run: async (_parameters, body) => {
        try {
          await services.start(ServicesBody.parse(body))
        } finally {
          record()
        }
        return describe(parts)
      },
    },
    ...isolateOperations(isolates),
  ]
}

const isolateOperations = (isolates: Isolates): readonly Operation[] => [
  { method: 'POST', path: /^\/isolates$/, run: () => isolates.create() },
  {
    method: 'POST',
    path: /^\/isolates\/([\w]+)\/services$/,
    run: ([id = ''], body) => isolates.startServices(id, ServicesBody.parse(body)),
  },
  {
    method: 'POST',
    path: /^\/isolates\/([\w]+)\/services\/([\w-]+)\/(start|stop)$/,
    run: async ([id = '', name = '', verb], body) => {
      const part = isolates.service(id, name)
      if (verb === 'start') await part.start()
      else await part.stop(StopBody.parse(body))
      return { name, running: part.running }
    },
  },
  {
    method: 'DELETE',
    path: /^\/isolates\/([\w]+)$/,
    run: async ([id = '']) => ({ leftOpen: await isolates.dispose(id) }),
  },
]

const describe = ({ context, dependencies, services }: Parts): unknown => ({
  dataDir: context.dataDir,
  ...describeSite(context, mainSite(context)),
  prometheusUrl: `http://127.0.0.1:${context.ports.rabbitmqPrometheus}/metrics`,
  services: services.list().map(({ name, pid, opsPort, logFile }) => ({ name, pid, opsPort, logFile })),
  dependencies: DEPENDENCY_NAMES.map((name) => ({ name, running: dependencies.get(name).running })),
})
