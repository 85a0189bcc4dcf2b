/** A process that holds leases, to be killed and frozen: takes jobs over IPC, and tells what became of each. */
import type { AccountId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { type Lease, connectLeases } from '@surepost/shared/leases'
import { pause } from '@surepost/shared/runtime'
import { pino } from 'pino'
import { busAt } from '../world.ts'
import type { Job } from './plan.ts'
import type { JobEnd } from './tally.ts'

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
  | { readonly id: number; readonly ended: JobEnd | null }

const [amqpUrl = '', managementUrl = ''] = [process.env['AMQP_URL'], process.env['MANAGEMENT_URL']]
const tell = (news: HolderNews): void => void process.send?.(news)
const bus = await busAt(amqpUrl, managementUrl)
const leases = await connectLeases({ bus, shards: 1, log: pino({ level: 'silent' }) })

/** A page may fail before its holder is told that the lease is over: then the end of the lease is why. */
const LEASE_SPEAKS_MS = 5_000

const endOf = async (lease: Lease, error: unknown): Promise<JobEnd> => {
  await pause(LEASE_SPEAKS_MS, lease.signal)
  const words = (cause: unknown): string => messageOf(cause).split('\n')[0] ?? ''
  if (!lease.signal.aborted) return `failed: ${words(error)}`
  return `lease lost: ${words(lease.signal.reason).replace(/^The lease is lost: (.*)\.$/, '$1')}`
}

/** @returns null when it had its lease to its own end */
const workUnder = async (lease: Lease, holdMs: number, url: string): Promise<JobEnd | null> => {
  await using _ = lease
  try {
    await (await lease.newPage()).goto(url)
    await pause(holdMs, lease.signal)
    lease.signal.throwIfAborted()
    return null
  } catch (error) {
    return await endOf(lease, error)
  }
}

const carryOut = async ({ job, account, startBy, page: url }: HolderJob): Promise<void> => {
  const { id, class: leaseClass, holdMs } = job
  try {
    const signal = new AbortController().signal
    const lease = await leases.acquire({ account, class: leaseClass, startBy: new Date(startBy), signal })
    if (!lease.granted) return tell({ id, refused: lease.reason, retryAt: lease.retryAt.getTime() })
    tell({ id, granted: Date.now() })
    tell({ id, ended: await workUnder(lease, holdMs, url) })
  } catch (error) {
    tell({ id, ended: `failed: ${messageOf(error).split('\n')[0] ?? ''}` })
  }
}

process.on('message', (job: HolderJob) => void carryOut(job))
process.on('disconnect', () => process.exit(0))
tell({ ready: true })
