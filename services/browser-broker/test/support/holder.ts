/**
 * A holder in a process of its own, to be killed and frozen: takes an `act` lease, says so, and then does one thing for
 * each line that it reads.
 */
import { createInterface } from 'node:readline'
import { AccountId, BeginAction } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { connectLeases } from '@surepost/shared/leases'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'

const say = (event: string, detail: unknown = null): void =>
  void process.stdout.write(`${JSON.stringify({ event, detail })}\n`)
const { AMQP_URL = '', ACCOUNT = '', SITE = '' } = process.env

const bus = await connectBus({ url: AMQP_URL, service: 'holder', shards: 1, log: silentLogger() })
const leases = await connectLeases({ bus, shards: 1, log: silentLogger() })
const lease = await leases.acquire({
  account: AccountId.parse(ACCOUNT),
  class: 'act',
  startBy: new Date(Date.now() + 20_000),
  signal: new AbortController().signal,
})
if (!lease.granted) throw new Error(`refused: ${lease.reason}`)
lease.signal.addEventListener('abort', () => say('lost', messageOf(lease.signal.reason)))
const page = await lease.newPage()
await page.goto(SITE)
say('holding', lease.id)

for await (const line of createInterface(process.stdin)) {
  const [what = '', argument = ''] = line.split(/ (.*)/)
  try {
    if (what === 'goto') say('went', (await page.goto(argument))?.status() ?? null)
    else if (what === 'begin') say('begun', await lease.begin(BeginAction.parse(JSON.parse(argument))))
    else say('unknown command', what)
  } catch (error) {
    say('failed', messageOf(error))
  }
}
