import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './errors.ts'
import { basicEnv } from './process/managed.ts'
import { PROJECT_ROOT } from './root.ts'

/**
 * Apply every migration that a database lacks, by the persister's own runner in a process of its own.
 * @throws StackError with the runner's output
 */
export const migrate = (databaseUrl: string, mark: Readonly<Record<string, string>>): Promise<void> =>
  new Promise((resolve, reject) => {
    const runner = join(PROJECT_ROOT, 'services', 'persister', 'src', 'migrate.ts')
    if (!existsSync(runner)) return resolve()
    const child = spawn(process.execPath, [runner], {
      cwd: PROJECT_ROOT,
      env: { ...basicEnv(), ...mark, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8_000)))
    child.once('error', (cause) => reject(new StackError(`The migrations could not be run: ${cause.message}.`, { cause })))
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new StackError(`The migrations failed (${signal ?? `exit ${code}`}):\n  ${output.trim().split('\n').join('\n  ')}`))
    })
  })
