import { describe, expect, it } from 'vitest'
import { type BodyOf, newId, TellOptOuts } from '@surepost/shared/contracts'
import { optOutTeller } from '../../src/jobs/opt-out-teller.ts'
import { fact, newPlatformId } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply } = await testDatabase()

type Page = BodyOf<typeof TellOptOuts>
/** Run the job once. @returns what it sent, to whom */
const told = async (behind?: string): Promise<readonly (Page & { readonly shard: number | undefined })[]> => {
  const sent: (Page & { readonly shard: number | undefined })[] = []
  const ports = {
    database,
    backlog: { behind: () => behind },
    bus: {
      send: async (_: unknown, body: unknown, options?: { shard?: number }) =>
        void sent.push({ ...TellOptOuts.body.parse(body), shard: options?.shard }),
    },
  } as unknown as Parameters<typeof optOutTeller>[0]
  await optOutTeller(ports).run({ signal: AbortSignal.timeout(30_000), fence: {} })
  return sent
}
const wanted = (shard: number, ledgerId: string, offsetMs = 0) =>
  fact('ledger.opt_outs_wanted', { shard, ledgerId }, offsetMs)
const optOut = (person: string) =>
  fact('mention.opted_out', { account: 'ada', mention: newPlatformId(), platform: 'x', person })

describe('a ledger that asks who wants no answers', () => {
  it('is told everybody, page by page, each beginning where the one before it ended; and once', async () => {
    const people = Array.from({ length: 2_300 }, (_, n) => `p_${n}`)
    await apply(...people.map(optOut))
    const ledgerId = newId()
    await apply(wanted(1, ledgerId))
    const pages = await told()
    expect(pages.map(({ shard, ledgerId: to, last }) => [shard, to, last])).toEqual([
      [1, ledgerId, false],
      [1, ledgerId, false],
      [1, ledgerId, true],
    ])
    expect(pages.flatMap((page) => page.people.map(({ person }) => person)).toSorted()).toEqual(people.toSorted())
    for (const [n, page] of pages.entries())
      expect(page.after).toBe(n === 0 ? null : `x/${pages[n - 1]?.people.at(-1)?.person ?? ''}`)
    expect(await told()).toEqual([])
  })

  it('is told again when it asks again, under its new name; of each shard the latest asking counts', async () => {
    const [old, reborn, other] = [newId(), newId(), newId()]
    await apply(wanted(2, reborn, 1_000), wanted(2, old), wanted(3, other))
    expect(new Set((await told()).map(({ shard, ledgerId }) => `${shard} ${ledgerId}`))).toEqual(
      new Set([`2 ${reborn}`, `3 ${other}`]),
    )
    await apply(wanted(2, reborn, 2_000))
    expect((await told()).every(({ ledgerId }) => ledgerId === reborn)).toBe(true)
  })

  it('is told that there is nobody, which lets it begin', async () => {
    await sql.query('truncate opted_out')
    await apply(wanted(4, newId()))
    expect(await told()).toMatchObject([{ shard: 4, after: null, people: [], last: true }])
  })

  it('waits while facts wait to be applied: somebody may be among them', async () => {
    await apply(wanted(5, newId()))
    expect(await told('facts are waiting')).toEqual([])
    expect(await told()).toHaveLength(1)
  })
})
