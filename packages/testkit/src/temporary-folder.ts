import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder that is removed when the test ends. To be called within a test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'surepost-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
