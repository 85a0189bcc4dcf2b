import { AuditAccount, AuditReport, newId, type AccountId, type PlatformName } from '@surepost/shared/contracts'
import { connectDatabase, type Database } from '@surepost/shared/database'
import { messageOf } from '@surepost/shared/errors'
import { connectBus, type Bus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { StackError } from '@surepost/stack'
import { installationOf } from '../endpoints.ts'

export interface AuditWish {
  readonly dataDir: string
  readonly account?: string
  readonly since: Date
}

export interface Audited {
  /** The worst of the accounts': `invalid` before `gaps` before `clean`. */
  readonly outcome: AuditReport['outcome']
  readonly accounts: readonly AuditReport[]
}

/** One account is read again on the rungs, and waits in line for a browser before that. In milliseconds. */
const ANSWER_MS = 300_000

interface Audible {
  readonly id: AccountId
  readonly platform: PlatformName
  readonly handle: string
}

/**
 * Audit one account or all, one after the other, and wait for what is found.
 * @throws StackError when no installation is reached or there is no such account
 */
export const auditAccounts = async (wish: AuditWish, signal: AbortSignal): Promise<Audited> => {
  const where = await installationOf(wish.dataDir)
  const log = silentLogger()
  await using database = connectDatabase({ url: where.supabaseUrl, key: where.supabaseKey, log })
  const accounts = await accountsOf(database, wish.account, signal)
  await using bus = await connectBus({
    url: where.amqpUrl,
    managementUrl: where.rabbitmqManagementUrl,
    service: 'cli',
    shards: where.shards,
    log,
  })
  const reports: AuditReport[] = []
  for (const account of accounts) reports.push(await auditOne(bus, account, wish.since, signal))
  return { outcome: worst(reports), accounts: reports }
}

const accountsOf = async (
  database: Pick<Database, 'read'>,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<readonly Audible[]> => {
  const rows = await database.read(
    'accounts',
    (client) => client.from('accounts').select('id, platform, handle').not('config', 'is', null).order('id'),
    { signal },
  )
  const accounts = rows.filter(({ id }) => wanted === undefined || id === wanted) as Audible[]
  if (accounts.length > 0) return accounts
  throw new StackError(wanted === undefined ? 'No account is configured.' : `There is no account ${wanted}.`)
}

/** One audit; no answer is an invalid one: nothing is known then. */
const auditOne = async (
  bus: Pick<Bus, 'ask'>,
  { id, platform, handle }: Audible,
  since: Date,
  signal: AbortSignal,
): Promise<AuditReport> => {
  const wish = { auditId: newId(), account: id, since: since.toISOString() }
  try {
    return await bus.ask(AuditAccount, { ...wish, platform, handle, awaited: true }, AuditReport, {
      timeoutMs: ANSWER_MS,
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    const nothing = { recovered: [], missing: [], wrongIds: [], duplicates: [], foreign: [], seen: 0, recorded: 0 }
    const reason = `The scraper gave no answer: ${messageOf(error)}`.slice(0, 2_000)
    return { ...wish, ...nothing, at: new Date().toISOString(), outcome: 'invalid', reason }
  }
}

const worst = (reports: readonly AuditReport[]): AuditReport['outcome'] =>
  (['invalid', 'gaps'] as const).find((outcome) => reports.some((report) => report.outcome === outcome)) ?? 'clean'
