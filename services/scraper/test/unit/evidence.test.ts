import { readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silentLogger } from '@surepost/shared/runtime'
import { temporaryFolder } from '@surepost/testkit'
import { type Evidence, evidenceIn } from '../../src/evidence.ts'

const WHAT = { account: 'ada', platformId: '1990000000000000001' }
const see = (evidence: Evidence, n: number, what = WHAT, why = 'went_wrong'): Promise<void> =>
  evidence.of(what)(why, async () => ({
    why,
    html: `<p>${n}</p>`,
    screenshot: n % 2 === 0 ? Buffer.from('jpg') : null,
  }))

test('keeps the newest pages only, for their owner only', async () => {
  const folder = join(temporaryFolder(), 'evidence')
  const evidence = evidenceIn(folder, { most: 3, days: 7 }, silentLogger())
  for (let n = 0; n < 6; n += 1) await see(evidence, n, { ...WHAT, platformId: `199000000000000000${n}` })
  const pages = readdirSync(folder).filter((file) => file.endsWith('.html'))
  expect(pages.map((file) => readFileSync(join(folder, file), 'utf8'))).toEqual(['<p>3</p>', '<p>4</p>', '<p>5</p>'])
  expect(readdirSync(folder).filter((file) => file.endsWith('.jpg'))).toHaveLength(1)
  expect(pages.every((file) => (statSync(join(folder, file)).mode & 0o077) === 0)).toBe(true)
  expect(pages[0]).toContain('-ada-1990000000000000003-went_wrong')
})

test('lets go of what is too old', async () => {
  const folder = join(temporaryFolder(), 'evidence')
  const evidence = evidenceIn(folder, { most: 10, days: 7 }, silentLogger())
  await see(evidence, 1)
  const old = (Date.now() - 8 * 86_400_000) / 1_000
  for (const file of readdirSync(folder)) utimesSync(join(folder, file), old, old)
  await see(evidence, 3, { ...WHAT, platformId: '1990000000000000002' })
  expect(readdirSync(folder)).toEqual([expect.stringContaining('1990000000000000002')])
})

test('a folder that cannot be written fails no reading', async () => {
  const file = join(temporaryFolder(), 'a-file')
  writeFileSync(file, '')
  const evidence = evidenceIn(join(file, 'evidence'), { most: 3, days: 7 }, silentLogger())
  await expect(see(evidence, 1)).resolves.toBeUndefined()
})

test('many pages that fail in one way cost few pictures, and what fails in another is kept', async () => {
  const folder = join(temporaryFolder(), 'evidence')
  const evidence = evidenceIn(folder, { most: 100, days: 7 }, silentLogger())
  let taken = 0
  const take = async () => {
    taken += 1
    return { why: 'went_wrong', html: '<p>wrong</p>', screenshot: null }
  }
  for (let n = 0; n < 50; n += 1) await evidence.of({ ...WHAT, platformId: `${n}` })('went_wrong', take)
  await see(evidence, 1, WHAT, 'age_gated')
  expect(taken).toBe(6)
  expect(readdirSync(folder)).toHaveLength(7)
})
