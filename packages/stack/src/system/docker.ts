import { findCommand } from './find.ts'
import { run } from './run.ts'

/** True when there is a Docker client and its daemon answers. */
export const dockerAnswers = async (): Promise<boolean> =>
  findCommand('docker') !== undefined &&
  (await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 5_000 })).code === 0

/** Remove a container, running or not; nothing happens when there is none. */
export const removeContainer = async (name: string): Promise<void> => {
  await run('docker', ['rm', '--force', '--volumes', name], { timeoutMs: 20_000 })
}
