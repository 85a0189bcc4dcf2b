import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { afterAll, describe, expect, it } from 'vitest'

const data = await mkdtemp(join(tmpdir(), 'demo-'))
afterAll(() => rm(data, { recursive: true, force: true }))

const run = (
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(join(PROJECT_ROOT, 'surepost'), args, { cwd: PROJECT_ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })

describe('surepost demo --exit --json', () => {
  it(
    'ends with everything live once, recorded and measured, by the ledger of the site and by SQL',
    { timeout: 360_000 },
    async () => {
      const { code, stdout, stderr } = await run('demo', '--exit', '--json', '--data', data)
      const figures: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
      expect(figures, stderr).toEqual({
        posts: 12,
        segments: 19,
        live: 19,
        duplicates: 0,
        recorded: 19,
        measured: 19,
        replies: 3,
        seconds: expect.any(Number) as number,
      })
      expect(code).toBe(0)
    },
  )
})
