import type { AccountConfig, AccountId } from '@surepost/shared/contracts'
import type { Broker } from './broker/broker.ts'
import type { Message, WorkQueue } from './poster/work-queue.ts'
import type { World } from './world.ts'

const MINUTE = 60_000
/** Somebody who replays a letter for ever learns nothing by it. */
const MOST_REPLAYS = 2

/** Operators: they configure accounts, resume them, pause, stop everything for a while, and replay dead letters. */
export interface People {
  /** The platform wanted a person for this account. */
  onWanted(account: AccountId): void
  onDead(message: Message): void
  onLedgerLost(): void
}

export const openPeople = (world: World, broker: Broker, queue: () => WorkQueue): People => {
  const { agenda, random, scenario, say } = world
  const tell = (
    says: string,
    does: Parameters<typeof broker.control.push>[0] extends infer M ? (M extends { does: infer D } ? D : never) : never,
  ): void => broker.control.push({ does, says })

  const configure = (config: AccountConfig): void =>
    tell(`the account ${config.id} is configured, with its session`, (ledger) => {
      ledger.ask('configure', config)
      ledger.rows.sessions.add(config.id)
    })
  const replays = new Map<string, number>()
  for (const config of scenario.accounts) configure(config)
  for (const { at, does, forMs } of scenario.operator)
    agenda.at(at, () => {
      const account = random.pick(scenario.accounts).id
      if (does === 'pause') {
        tell(`pause ${account}`, (ledger) =>
          ledger.ask('pause', account, { reason: 'an operator', until: null, by: 'operator' }),
        )
        agenda.after(forMs, () => tell(`resume ${account}`, (ledger) => ledger.ask('resume', account, 'an operator')))
        return
      }
      tell('the kill switch is on', (ledger) =>
        ledger.ask('killSwitch', { on: true, by: 'an operator', reason: 'stop' }),
      )
      agenda.after(forMs, () =>
        tell('the kill switch is off', (ledger) =>
          ledger.ask('killSwitch', { on: false, by: 'an operator', reason: 'go on' }),
        ),
      )
    })
  return {
    onWanted: (account) =>
      agenda.after(random.between(5 * MINUTE, 30 * MINUTE), () =>
        tell(`resume ${account}`, (ledger) => ledger.ask('resume', account, 'a person')),
      ),
    onDead(message) {
      const before = replays.get(message.id) ?? 0
      const times = Math.min(MOST_REPLAYS - before, random.between(1, MOST_REPLAYS))
      replays.set(message.id, before + times)
      const latest = Math.max(agenda.now, Date.parse(message.body.notAfter)) + 30 * MINUTE
      for (let i = 0; i < times; i++)
        agenda.at(random.between(agenda.now + MINUTE, latest + MINUTE), () => {
          say('a person', () => `replays the dead letter for post ${message.body.postId}`)
          queue().push({ ...message, attempt: 1, notBefore: undefined, returns: 0 })
        })
    },
    onLedgerLost: () =>
      agenda.after(random.between(10_000, 5 * MINUTE), () => {
        for (const config of scenario.accounts) configure(config)
      }),
  }
}
