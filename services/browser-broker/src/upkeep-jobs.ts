import { watchConditions } from '@surepost/shared/alerts'
import { messageOf } from '@surepost/shared/errors'
import { OptOutsWanted } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { gauge } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { BrowserPool } from './browsers/pool.ts'
import { type Strays, straysIn } from './browsers/strays.ts'
import { browserLeak, platformAway, poolPressure } from './conditions.ts'
import type { Reach } from './egress/reach.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Desk } from './leases/desk.ts'

const RESEND_EVERY_MS = 30_000
const PRUNE_EVERY_MS = 3_600_000
const MEASURE_EVERY_MS = 5_000
const COUNT_EVERY_MS = 1_000
const LOOK_EVERY_MS = 5_000
/** The record answers within seconds, while the database is there. */
const WANT_EVERY_MS = 30_000
const WATCH_EVERY_MS = 2_000
/** Browsers that no lease accounts for are a leak when they last this long. */
const LEAK_MS = 10_000

export interface UpkeepPorts {
  readonly ledger: Ledger
  readonly pool: BrowserPool
  readonly desk: Desk
  /** Folder of the browsers. */
  readonly browsers: string
  readonly bus: Pick<Bus, 'emit'>
  readonly reach: Pick<Reach, 'site' | 'away'>
  readonly shard: number
  readonly log: Logger
  /** Somebody who waits longer for a browser is told of. */
  readonly poolWaitOldMs: number
}

/** The leak alarm: browser processes beyond leases and idle ones, those that the pool does not know of included. */
const countBrowsers = ({ pool, desk, log }: Pick<UpkeepPorts, 'pool' | 'desk' | 'log'>, strays: Strays) => {
  const leaked = gauge(
    'surepost_browsers_unaccounted',
    'Browser processes beyond leases and idle ones, for 10 s or more.',
  )
  let oddSince: number | undefined
  let leaking = 0
  const count = (): void => {
    const leases = desk.holding.held.length
    // A lease counts before its browser is there, and an idle one while its lease is being closed: less is no leak.
    const odd = Math.max(0, pool.roots - leases - pool.idle) + strays.count
    if (odd <= 0) oddSince = undefined
    else oddSince ??= Date.now()
    const leak = oddSince !== undefined && Date.now() - oddSince >= LEAK_MS
    if (leak) log.error({ roots: pool.roots, leases }, 'there are browsers that no lease accounts for')
    leaking = leak ? odd : 0
    leaked.set(leaking)
  }
  return { count, leaking: () => leaking }
}

/** Ask the record who wants no answers, for as long as this ledger does not know; it begins no answer meanwhile. */
const wantOptOuts =
  ({ ledger, bus, shard }: UpkeepPorts) =>
  async (): Promise<void> => {
    const ledgerId = await ledger.care('untold')
    if (ledgerId !== null) await bus.emit(OptOutsWanted, { at: new Date().toISOString(), shard, ledgerId })
  }

/** What the broker does by itself: send open actions again, forget what is old, count its browsers. */
export const startUpkeep = (ports: UpkeepPorts): AsyncDisposable => {
  const { ledger, log, bus, shard, desk } = ports
  const strays = straysIn(ports.browsers, ports)
  const browsers = countBrowsers(ports, strays)
  const conditions = [
    browserLeak(shard, browsers.leaking),
    poolPressure(shard, desk, ports.poolWaitOldMs),
    platformAway(shard, ports.reach),
  ]
  const watch = watchConditions(conditions, { bus, log }, { everyMs: WATCH_EVERY_MS })
  const unsettled = gauge('surepost_ledger_unsettled', 'Actions that are open or unknown.')
  const outbox = gauge('surepost_ledger_outbox', 'Facts and commands of the ledger that RabbitMQ has not confirmed.')
  const measure = async (): Promise<void> => {
    const status = await ledger.care('status')
    unsettled.set(status.unsettled)
    outbox.set(status.outbox)
  }
  const resend = async (): Promise<void> => {
    const { resent } = await ledger.ask('resend')
    if (resent > 0)
      log.warn(
        { resent },
        'actions were open without a lease and nobody asked for them: their commands were sent again',
      )
  }
  const attempt = (run: () => void | Promise<void>): void =>
    void Promise.resolve()
      .then(run)
      .catch((error: unknown) => log.warn({ err: messageOf(error) }, 'upkeep of the ledger failed; it is tried again'))
  const every = (ms: number, run: () => void | Promise<void>): NodeJS.Timeout => setInterval(() => attempt(run), ms)
  const want = wantOptOuts(ports)
  attempt(want)
  const timers = [
    every(COUNT_EVERY_MS, browsers.count),
    every(LOOK_EVERY_MS, () => strays.look(Date.now())),
    every(MEASURE_EVERY_MS, measure),
    every(RESEND_EVERY_MS, resend),
    every(PRUNE_EVERY_MS, () => ledger.care('prune')),
    every(WANT_EVERY_MS, want),
  ]
  return {
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearInterval(timer)
      await watch[Symbol.asyncDispose]()
    },
  }
}
