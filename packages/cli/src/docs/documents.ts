import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PROJECT_ROOT } from '@surepost/stack'
import { stringify } from 'yaml'
import { asyncApi } from './asyncapi.ts'

/** A document of the API or of the messages, and the file in the repository that holds it. */
export interface Document {
  readonly path: string
  readonly yaml: string
}

const yamlOf = (document: unknown): string =>
  `# Made by "./surepost docs" from the sources; an edit here is lost.\n${stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })}`

/** Both documents as the sources say them now. The console describes its own API: packages import no service. */
export const documents = async (): Promise<readonly Document[]> => {
  const describe = join(PROJECT_ROOT, 'services/console/src/describe.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [describe], { maxBuffer: 64 * 1024 * 1024 })
  return [
    { path: 'docs/openapi.yaml', yaml: yamlOf(JSON.parse(stdout)) },
    { path: 'docs/asyncapi.yaml', yaml: yamlOf(asyncApi()) },
  ]
}
