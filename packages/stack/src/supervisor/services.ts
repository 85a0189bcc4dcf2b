import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StackContext } from '../dependencies/dependency.ts'
import { supervise, type Supervised } from '../dependencies/supervised.ts'
import { StackError } from '../errors.ts'
import { answers } from '../process/wait.ts'
import { PROJECT_ROOT } from '../root.ts'
import type { StackState } from '../state.ts'
import type { ServicesBody } from './protocol.ts'
import { withReplicas } from './replicas.ts'
import { serviceRecipes, type ServiceRecipe } from './service-recipes.ts'
import type { Site } from './site.ts'

/** One process that can be stopped and started. */
export interface Part {
  readonly running: boolean
  start(): Promise<void>
  stop(options?: { readonly hard?: boolean }): Promise<void>
}

/** The playground site and the services of one stack, each a process of its own. */
export interface Services {
  /** Start those that are asked for (all by default) and wait until each is ready. @throws StackError */
  start(request: ServicesBody): Promise<void>
  stop(options: { readonly hurry: boolean }): Promise<void>
  get(name: string): Part | undefined
  list(): StackState['processes']
}

export const services = (context: StackContext, site: Site): Services => {
  const started = new Map<string, { readonly recipe: ServiceRecipe; readonly part: Supervised }>()

  const startOne = async (recipe: ServiceRecipe): Promise<void> => {
    const known = started.get(recipe.name)
    const part = known?.part ?? serviceProcess(context, site, recipe)
    started.set(recipe.name, { recipe, part })
    await part.start()
  }

  return {
    start: async ({ only, env, replicas }) => {
      const recipes = serviceRecipes(context, site).filter((recipe) => only === undefined || only.includes(recipe.name))
      const unknown = only?.filter((name) => !recipes.some((recipe) => recipe.name === name)) ?? []
      if (unknown.length > 0) throw new StackError(`There is no service ${unknown.join(', ')}.`)
      const wanted = recipes.map((recipe) => ({ ...recipe, env: { ...recipe.env, ...env['*'], ...env[recipe.name] } }))
      const ends = await Promise.allSettled(withReplicas(wanted, replicas, site.ports).map(startOne))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
    stop: async ({ hurry }) => {
      const late = setTimeout(() => void stopAll(started, true), hurry ? 3_000 : 15_000)
      await stopAll(started, false)
      clearTimeout(late)
    },
    get: (name) => {
      const part = started.get(name)?.part
      return part && toPart(part)
    },
    list: () =>
      [...started.values()].flatMap(({ recipe, part }) =>
        part.process
          ? [
              {
                name: recipe.name,
                kind: 'service' as const,
                pid: part.process.pid,
                startTime: part.process.startTime,
                opsPort: recipe.opsPort,
                logFile: logOf(site, recipe),
              },
            ]
          : [],
      ),
  }
}

const toPart = (part: Supervised): Part => ({
  get running() {
    return part.process !== undefined
  },
  start: async () => {
    await part.start()
  },
  stop: (options) => part.stop(options),
})

const stopAll = async (started: ReadonlyMap<string, { readonly part: Supervised }>, hard: boolean): Promise<void> => {
  await Promise.allSettled([...started.values()].map(({ part }) => part.stop({ hard })))
}

const logOf = (site: Site, recipe: ServiceRecipe): string => join(site.logDir, `${recipe.name}.log`)

const serviceProcess = (context: StackContext, site: Site, recipe: ServiceRecipe): Supervised => {
  const main = join(PROJECT_ROOT, recipe.main)
  if (!existsSync(main)) throw new StackError(`${recipe.main} is missing, so ${recipe.name} cannot be started.`)
  return supervise(context, {
    spec: () => ({
      name: recipe.name,
      command: process.execPath,
      args: [main],
      env: recipe.env,
      cwd: PROJECT_ROOT,
      logFile: logOf(site, recipe),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 15_000,
    }),
    ready: answers(recipe.readyUrl),
    readyTimeoutMs: 120_000,
  })
}
