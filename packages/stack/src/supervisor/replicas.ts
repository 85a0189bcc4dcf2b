import { StackError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import type { ServiceRecipe } from './service-recipes.ts'

/** Services that listen on nothing but their ops port, and so can run more than once on one machine. */
const REPEATABLE: readonly string[] = ['persister', 'poster', 'scraper', 'replier']

/**
 * The recipes with as many copies of each as are wanted: `poster`, `poster-2`, ...
 * @param wanted processes by service name; 1 where a name is missing
 * @throws StackError for a service that cannot run twice, and when there are more copies than ports for them
 */
export const withReplicas = (
  recipes: readonly ServiceRecipe[],
  wanted: Readonly<Record<string, number>>,
  ports: Ports,
): readonly ServiceRecipe[] => {
  const free = [ports.opsReplica1, ports.opsReplica2, ports.opsReplica3, ports.opsReplica4]
  return recipes.flatMap((recipe) => {
    const copies = (wanted[recipe.name] ?? 1) - 1
    if (copies > 0 && !REPEATABLE.includes(recipe.name))
      throw new StackError(`${recipe.name} cannot run twice in a local stack. What can: ${REPEATABLE.join(', ')}.`)
    return [recipe, ...Array.from({ length: copies }, (_, index) => copyOf(recipe, index + 2, free.shift()))]
  })
}

const copyOf = (recipe: ServiceRecipe, number: number, opsPort: number | undefined): ServiceRecipe => {
  if (opsPort === undefined) throw new StackError('A local stack has room for 4 more processes of its services.')
  return {
    ...recipe,
    name: `${recipe.name}-${number}`,
    opsPort,
    readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
    env: { ...recipe.env, OPS_PORT: String(opsPort) },
  }
}
