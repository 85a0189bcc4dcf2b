import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { AccountId } from '@surepost/shared/contracts'
import { expect, test, vi } from 'vitest'
import { startHolders } from '../../src/pool/holders.ts'
import type { Job } from '../../src/pool/plan.ts'

const IDLE_HOLDER = new URL('../support/idle-holder.ts', import.meta.url).pathname
const FAILING_BENCH = new URL('../support/failing-bench.ts', import.meta.url).pathname
const sorted = (ids: readonly number[]): readonly number[] => ids.toSorted((a, b) => a - b)
const job = (id: number) => {
  const of: Job = { id, atMs: 0, kind: 'publish', class: 'act', account: 0, holdMs: 1 }
  return { job: of, account: AccountId.parse('ada'), startBy: Date.now(), page: '' }
}

test('a holder that was killed or frozen gets no more work, its jobs are lost, and all end when they are disposed of', async () => {
  const granted: number[] = []
  const lost: number[] = []
  const how: string[] = []
  const told = {
    news: (news: object) => void ('granted' in news && 'id' in news && granted.push(Number(news.id))),
    lost: (id: number, doom: string) => void (lost.push(id), how.push(doom)),
  }
  const holders = await startHolders(3, {}, told, IDLE_HOLDER)
  for (const id of [1, 2, 3]) holders.give(job(id))
  await vi.waitFor(() => expect(sorted(granted)).toEqual([1, 2, 3]), 20_000)

  holders.kill(0)
  holders.freeze(0)
  // In the same turn: the killed one has not been seen to exit yet.
  for (const id of [4, 5, 6]) holders.give(job(id))
  await vi.waitFor(() => expect(sorted(granted)).toEqual([1, 2, 3, 4, 5, 6]), 20_000)
  expect(how).toEqual(['killed'])

  await holders[Symbol.asyncDispose]()
  expect(sorted(lost)).toEqual([1, 2, 3, 4, 5, 6])
  expect(how).toContain('frozen')
}, 60_000)

test('a benchmark that fails while a holder is frozen leaves no process behind that keeps its pipes open', async () => {
  const bench = spawn(process.execPath, [FAILING_BENCH], { stdio: ['ignore', 'pipe', 'ignore'] })
  let told = ''
  bench.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
  const [code] = await once(bench, 'close')
  expect(code).toBe(1)
  for (const pid of JSON.parse(told) as number[])
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 10_000)
}, 60_000)
