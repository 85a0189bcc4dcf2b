import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '@surepost/shared/errors'
import type { Plan } from '../plan/types.ts'
import type { ChaosResult } from './chaos.ts'
import type { Work } from './work.ts'
import type { World } from './world.ts'

/** Where in the data folder a run's own papers are, beside the logs and the data of every part. */
export const EVIDENCE = 'chaos'

/** Write down what was planned, done and found, so that a failure can be explained without the stack. */
export const keepEvidence = async (
  dataDir: string,
  plan: Plan,
  { site, records, queues }: Pick<World, 'site' | 'records' | 'queues'>,
  { expected }: Work,
  result: ChaosResult,
): Promise<void> => {
  const folder = join(dataDir, EVIDENCE)
  await mkdir(folder, { recursive: true })
  const save = async (name: string, content: () => Promise<unknown>): Promise<void> => {
    const value = await content().catch((error: unknown) => ({ unreadable: messageOf(error) }))
    await writeFile(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
  }
  await save('plan.json', async () => plan)
  await save('expected.json', async () => expected)
  await save('result.json', async () => result)
  await save('ledger.json', () => site.ledger())
  await save('journal.json', () => records.facts())
  await save('queues.json', async () => (await queues()).filter(({ messages }) => messages > 0))
}
