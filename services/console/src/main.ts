import { parseConfig, runService } from '@surepost/shared/runtime'
import { configSchema } from './config.ts'
import { startConsole } from './start.ts'

await runService('console', async (scope) => {
  const { port } = await startConsole(scope, parseConfig(configSchema))
  scope.log.info({ port }, 'the console listens')
})
