import type { AccountConfig, AccountId } from '@surepost/shared/contracts'
import type { Broker, Does } from './broker/broker.ts'
import type { Message, WorkQueue } from './poster/work-queue.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

const MINUTE = 60_000
/** Somebody who replays a letter for ever learns nothing by it. */
const MOST_REPLAYS = 2

/** Operators: they configure accounts, resume them, pause, stop everything for a while, and replay dead letters. */
export interface People {
  /** The platform wanted a person for this account. */
  onWanted(account: AccountId): void
  onDead(message: Message): void
  /** The ledger is another one: whoever runs Surepost says again what is to hold. */
  onLedgerLost(): void
}

export const openPeople = (world: World, broker: Broker, queue: () => WorkQueue): People => {
  const { agenda, random, scenario, say } = world
  const replays = new Map<string, number>()
  const paused = new Set<AccountId>()
  let stopped = false

  const tell = (says: string, does: Does): void => broker.control.push({ does, says })
  const configure = (config: AccountConfig): void =>
    tell(`the account ${config.id} is configured, with its session`, (ledger) => {
      ledger.ask('configure', config)
      ledger.rows.sessions.add(config.id)
    })
  const sayKillSwitch = (): void => {
    const on = stopped
    tell(`the kill switch is ${on ? 'on' : 'off'}`, (ledger) =>
      ledger.ask('killSwitch', { on, by: 'an operator', reason: on ? 'stop' : 'go on' }),
    )
  }
  const sayPause = (account: AccountId): void => {
    if (paused.has(account))
      tell(`pause ${account}`, (ledger) =>
        ledger.ask('pause', account, { reason: 'an operator', until: null, by: 'operator' }),
      )
    else tell(`resume ${account}`, (ledger) => ledger.ask('resume', account, 'an operator'))
  }
  const plan = ({ at, does, forMs }: Scenario['operator'][number]): void =>
    agenda.at(at, () => {
      const account = random.pick(scenario.accounts).id
      const change = (begins: boolean): void => {
        if (does === 'kill_switch') stopped = begins
        else if (begins) paused.add(account)
        else paused.delete(account)
        if (does === 'kill_switch') sayKillSwitch()
        else sayPause(account)
      }
      change(true)
      agenda.after(forMs, () => change(false))
    })
  for (const config of scenario.accounts) configure(config)
  for (const change of scenario.operator) plan(change)
  return {
    onWanted: (account) =>
      agenda.after(random.between(5 * MINUTE, 30 * MINUTE), () =>
        tell(`resume ${account}`, (ledger) => ledger.ask('resume', account, 'a person')),
      ),
    onDead(message) {
      const before = replays.get(message.id) ?? 0
      const times = Math.min(MOST_REPLAYS - before, random.between(1, MOST_REPLAYS))
      replays.set(message.id, before + times)
      const latest =
        Math.max(agenda.now, 'notAfter' in message.body ? Date.parse(message.body.notAfter) : 0) + 30 * MINUTE
      for (let i = 0; i < times; i++)
        agenda.at(random.between(agenda.now + MINUTE, latest + MINUTE), () => {
          say('a person', () => `replays the dead letter (${message.type}) of post ${message.body.postId}`)
          queue().push({ ...message, attempt: 1, notBefore: undefined, returns: 0 })
        })
    },
    onLedgerLost: () =>
      agenda.after(random.between(10_000, 5 * MINUTE), () => {
        for (const config of scenario.accounts) configure(config)
        for (const { id } of scenario.accounts) sayPause(id)
      }),
  }
}
