import { AccountConfig } from '@surepost/shared/contracts'
import type { Console } from '../clients/console.ts'
import type { Playground } from '../clients/playground.ts'
import type { PlannedAccount } from '../plan/types.ts'
import { CHECKS_SECONDS, HARVEST_EVERY_SECONDS } from '../timing.ts'

/** So generous that no run meets it: budgets have tests of their own. */
const BUDGET = { perHour: 100_000, perDay: 1_000_000, minGapSeconds: 0 }

const configOf = ({ id, handle, answers }: PlannedAccount) =>
  AccountConfig.parse({
    id,
    platform: 'x',
    handle,
    budgets: { post: BUDGET, reply: BUDGET },
    checks: CHECKS_SECONDS,
    replies: { enabled: answers, approval: 'auto', voice: '', harvestEverySeconds: HARVEST_EVERY_SECONDS },
  })

/** Sign the accounts up on the site, and hand their configuration and their sessions to the console. */
export const signUp = async (accounts: readonly PlannedAccount[], site: Playground, api: Console): Promise<void> => {
  for (const account of accounts) {
    const session = await site.addAccount(account.handle)
    const { id: _, ...config } = configOf(account)
    await api.putAccount(account.id, config)
    await api.putSession(account.id, session)
  }
}
