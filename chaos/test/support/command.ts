import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { z } from 'zod'

const count = z.int().nonnegative()

/** What scripts may rely on in the last line of `surepost chaos --json`. */
export const Figures = z.looseObject({
  posts: count,
  segments: count,
  live: count,
  duplicates: count,
  lost: count,
  unrecorded: count,
  wrongIds: count,
  outOfOrder: count,
  unmeasured: count,
  cancelled: count,
  refused: count,
  faults: z.record(z.string(), z.int().positive()),
  recoverySeconds: z.record(z.string(), z.number().nonnegative().nullable()),
  inFlight: count,
  seconds: z.number().positive(),
  seed: count,
})

export interface Ended {
  readonly code: number | null
  readonly figures: z.infer<typeof Figures>
  /** Progress, and the report of a run that is not whole. */
  readonly told: string
}

/** Run `surepost chaos` as a person would. `onTold` hears everything that it has told so far, each time it tells more. */
export const chaos = async (
  args: readonly string[],
  onTold: (told: string) => void = () => undefined,
): Promise<Ended> => {
  const child = spawn(join(PROJECT_ROOT, 'surepost'), ['chaos', '--json', ...args], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, told] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => onTold((told += text)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (line === '') throw new Error(`surepost chaos ended with ${code} and without figures:\n${told}`)
  return { code, figures: Figures.parse(JSON.parse(line)), told }
}
