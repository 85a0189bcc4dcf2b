import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './errors.ts'
import { PROJECT_ROOT } from './root.ts'
import { run } from './system/run.ts'

/**
 * Apply every migration that a database lacks, by the persister's own runner in a process of its own.
 * @throws StackError with the runner's output
 */
export const migrate = async (
  databaseUrl: string,
  mark: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> => {
  const runner = join(PROJECT_ROOT, 'services', 'persister', 'src', 'migrate.ts')
  if (!existsSync(runner)) throw new StackError(`${runner} is missing: the clone is incomplete.`)
  const { code, output } = await run(process.execPath, [runner], {
    timeoutMs: 120_000,
    cwd: PROJECT_ROOT,
    env: { ...mark, DATABASE_URL: databaseUrl },
    ...(signal ? { signal } : {}),
  })
  signal?.throwIfAborted()
  if (code !== 0) throw new StackError(`The migrations failed:\n  ${output.trim().split('\n').join('\n  ')}`)
}
