/** Starts holders, freezes one, and fails. Tells their process ids before. */
import { AccountId } from '@surepost/shared/contracts'
import { startHolders } from '../../src/pool/holders.ts'

const granted: number[] = []
const news = (n: object): void => {
  if (!('granted' in n)) return
  granted.push(1)
  if (granted.length < 2) return
  holders.freeze(0)
  throw new Error('the benchmark fails')
}
const holders = await startHolders(2, {}, { news, lost: () => {} }, new URL('idle-holder.ts', import.meta.url).pathname)
process.stdout.write(`${JSON.stringify(holders.pids)}\n`)
for (const id of [1, 2]) {
  const job = { id, atMs: 0, kind: 'publish', class: 'act', account: 0, holdMs: 1 } as const
  holders.give({ job, account: AccountId.parse('ada'), startBy: Date.now(), page: '' })
}
