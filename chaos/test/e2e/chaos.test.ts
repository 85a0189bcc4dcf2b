import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStack } from '@surepost/stack'
import { afterAll, describe, expect, it } from 'vitest'
import { FAULT_KINDS } from '../../src/faults/catalog.ts'
import { chaos } from '../support/command.ts'

const parent = await mkdtemp(join(tmpdir(), 'chaos-'))
afterAll(() => rm(parent, { recursive: true, force: true }))

/** Nothing is wrong in a run that shows these. */
const ZEROS = { duplicates: 0, lost: 0, unrecorded: 0, wrongIds: 0, outOfOrder: 0, unmeasured: 0 }

describe('surepost chaos', () => {
  it(
    'with 60 posts and 25 faults of every kind loses nothing, doubles nothing, and records and measures all',
    { timeout: 1_200_000 },
    async () => {
      const args = ['--posts', '60', '--faults', '25', '--seed', '1', '--data', join(parent, 'whole')]
      const { code, figures, told } = await chaos(args)
      expect(figures, told).toMatchObject({ ...ZEROS, posts: 60, seed: 1 })
      expect(figures.live + figures.cancelled + figures.refused, told).toBe(figures.segments)
      expect(Object.keys(figures.faults).toSorted(), told).toEqual(FAULT_KINDS.map(({ kind }) => kind).toSorted())
      const faults = Object.values(figures.faults).reduce((sum, times) => sum + times, 0)
      expect(figures.inFlight * 2, told).toBeGreaterThanOrEqual(faults)
      expect(code, told).toBe(0)
    },
  )

  it('ends with status 1 when the site has a post of ours that nobody asked for', { timeout: 600_000 }, async () => {
    const dataDir = join(parent, 'doubled')
    let doubled: Promise<void> | undefined
    const { code, figures, told } = await chaos(
      ['--posts', '2', '--faults', '0', '--seed', '2', '--data', dataDir],
      (text) => {
        if (/submitted \d/u.test(text)) doubled ??= addPost(dataDir, 'ada_ships', 'Nobody asked for this.')
      },
    )
    await doubled
    expect(figures, told).toMatchObject({ ...ZEROS, duplicates: 1 })
    expect(told).toContain('nobody asked for it')
    expect(code, told).toBe(1)
  })
})

const addPost = async (dataDir: string, handle: string, text: string): Promise<void> => {
  const { playgroundUrl } = await findStack(dataDir).describe()
  const response = await fetch(`${playgroundUrl}/admin/posts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ handle, text }),
  })
  if (!response.ok) throw new Error(`The site answered ${response.status}: ${await response.text()}`)
}
