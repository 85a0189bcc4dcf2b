/** A process that holds leases, to be killed and frozen: takes jobs over IPC, and tells what became of each. */
import type { AccountId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { connectLeases } from '@surepost/shared/leases'
import { pause } from '@surepost/shared/runtime'
import { pino } from 'pino'
import { busAt } from '../world.ts'
import type { Job } from './plan.ts'

export interface HolderJob {
  readonly job: Job
  readonly account: AccountId
  /** Milliseconds since 1970. */
  readonly startBy: number
  readonly page: string
}

export type HolderNews =
  | { readonly ready: true }
  | { readonly id: number; readonly granted: number }
  | { readonly id: number; readonly refused: string; readonly retryAt: number }
  | { readonly id: number; readonly ended: string | null }

const [amqpUrl = '', managementUrl = ''] = [process.env['AMQP_URL'], process.env['MANAGEMENT_URL']]
const tell = (news: HolderNews): void => void process.send?.(news)
const bus = await busAt(amqpUrl, managementUrl)
const leases = await connectLeases({ bus, shards: 1, log: pino({ level: 'silent' }) })

const carryOut = async ({ job, account, startBy, page: url }: HolderJob): Promise<void> => {
  const { id, class: leaseClass, holdMs } = job
  try {
    const signal = new AbortController().signal
    const lease = await leases.acquire({ account, class: leaseClass, startBy: new Date(startBy), signal })
    if (!lease.granted) return tell({ id, refused: lease.reason, retryAt: lease.retryAt.getTime() })
    await using _ = lease
    tell({ id, granted: Date.now() })
    const page = await lease.newPage()
    await page.goto(url)
    await pause(holdMs, lease.signal)
    lease.signal.throwIfAborted()
    tell({ id, ended: null })
  } catch (error) {
    tell({ id, ended: messageOf(error).split('\n')[0] ?? 'error' })
  }
}

process.on('message', (job: HolderJob) => void carryOut(job))
process.on('disconnect', () => process.exit(0))
tell({ ready: true })
