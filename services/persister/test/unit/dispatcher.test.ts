import { describe, expect, it } from 'vitest'
import { dispatcher } from '../../src/jobs/dispatcher.ts'
import type { JobPorts } from '../../src/jobs/ports.ts'

/** Whether silent posts were asked for, with so much in line and so much known. */
const withSilent = async (waiting: number, behind?: string): Promise<unknown> => {
  let asked: Record<string, unknown> = {}
  const ports = {
    database: { rpc: async (_name: string, args: Record<string, unknown>) => ((asked = args), []) },
    backlog: { behind: () => behind },
    publishing: { waiting: () => waiting },
    shards: 1,
    lookAheadSeconds: 600,
  } as unknown as JobPorts
  await dispatcher(ports).run({ signal: new AbortController().signal, fence: { job_name: 'test', held_fence: 1 } })
  return asked['with_silent']
}

describe('posts of which nothing was heard', () => {
  it('are sent again when little waits for a poster', async () => {
    expect(await withSilent(0)).toBe(true)
    expect(await withSilent(19)).toBe(true)
  })

  it('are not sent again while commands stand in line for a poster: theirs are among them', async () => {
    expect(await withSilent(20)).toBe(false)
  })

  it('are not sent again while facts wait to be applied: they may be live', async () => {
    expect(await withSilent(0, 'facts are waiting to be applied')).toBe(false)
  })
})
