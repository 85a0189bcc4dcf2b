import { operations } from './api/index.ts'
import { openApi } from './api/openapi.ts'
import type { Ports } from './ports.ts'

// A program of its own: the API's document on standard output, for docs/openapi.yaml. The operations are described and never
// run, so they need nothing to stand on.
process.stdout.write(JSON.stringify(openApi(operations({} as Ports))))
