import { parseConfig, runService } from '@surepost/shared/runtime'
import { configVariables } from './config.ts'
import { startPersister } from './service.ts'

await runService('persister', (scope) => startPersister(scope, parseConfig(configVariables)))
