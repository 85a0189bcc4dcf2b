/**
 * A holder that takes a lease and kills itself (SIGKILL) some milliseconds after it has sent `newContext` to its browser.
 * Playwright tells on stderr what it sends (DEBUG=pw:channel).
 */
import { AccountId } from '@surepost/shared/contracts'
import { connectLeases } from '@surepost/shared/leases'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'

const { AMQP_URL = '', ACCOUNT = '', AFTER_MS = '' } = process.env
process.stderr.write = (text) => {
  if (/SEND>.*newContext/.test(String(text))) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(AFTER_MS))
  return true
}
const bus = await connectBus({ url: AMQP_URL, service: 'holder', shards: 1, log: silentLogger() })
const leases = await connectLeases({ bus, shards: 1, log: silentLogger() })
const lease = await leases.acquire({
  account: AccountId.parse(ACCOUNT),
  class: 'background',
  startBy: new Date(Date.now() + 60_000),
  signal: new AbortController().signal,
})
process.stdout.write(lease.granted ? 'held\n' : `refused: ${lease.reason}\n`)
