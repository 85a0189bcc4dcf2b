import { type Socket, connect } from 'node:net'
import type { Logger } from 'pino'
import { type Place, type SeeConnecting, seeOutcome } from './connecting.ts'
import { bare } from './origins.ts'

/** Whether the platform's own site takes connections, by what the last ones came to. Disposing of it stops trying. */
export interface Reach extends Disposable {
  /** `host:port` */
  readonly site: string
  readonly see: SeeConnecting
  /** Why the site counts as away; undefined while it does not. */
  readonly away: string | undefined
}

export interface ReachTimes {
  /** Only failures for so long, the first and the last one included, and the site is away: a blip is shorter. */
  readonly awayMs: number
  /** A connection that is not there within this has failed. */
  readonly lateMs: number
  /** While they fail the site is tried so often, since nobody else may: what cannot be reached gets no work. */
  readonly tryEveryMs: number
}

const TIMES: ReachTimes = { awayMs: 2_000, lateMs: 2_000, tryEveryMs: 1_000 }

interface Failing {
  readonly since: number
  readonly last: number
  readonly cause: string
}

const placeOf = (origin: string): Place => {
  const { protocol, hostname, port } = new URL(origin)
  return { host: bare(hostname), port: Number(port) || (protocol === 'https:' ? 443 : 80) }
}

/**
 * @param origin the platform's site. Its other hosts are not watched: one that is gone for good takes nothing from the site
 * @param onChange called when it is away, and when it is back
 */
export const openReach = (origin: string, log: Logger, onChange: () => void, times: ReachTimes = TIMES): Reach => {
  const { awayMs, lateMs, tryEveryMs } = times
  const place = placeOf(origin)
  const site = `${place.host}:${place.port}`
  let failing: Failing | undefined
  let timer: NodeJS.Timeout | undefined
  let trying: Socket | undefined
  let isOver = false
  const away = (): string | undefined =>
    failing !== undefined && failing.last - failing.since >= awayMs ? failing.cause : undefined

  const change = (next: Failing | undefined): void => {
    const before = away()
    failing = next
    const after = away()
    if ((before === undefined) === (after === undefined)) return
    log.warn({ site, cause: after }, after === undefined ? 'the site is reached again' : 'the site cannot be reached')
    onChange()
  }
  const connected = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (failing !== undefined) change(undefined)
  }
  const failed = (cause: string): void => {
    const now = performance.now()
    change({ since: failing?.since ?? now, last: now, cause })
    if (!isOver) timer ??= setTimeout(tryIt, tryEveryMs)
  }
  const tryIt = (): void => {
    timer = undefined
    const socket = (trying = connect(place))
    const outcomes = {
      connected: () => (socket.destroy(), connected()),
      failed: (cause: string) => (socket.destroy(), failed(cause)),
    }
    seeOutcome(socket, outcomes, lateMs)
  }
  return {
    site,
    see(to, socket) {
      if (to.host === place.host && to.port === place.port) seeOutcome(socket, { connected, failed }, lateMs)
    },
    get away() {
      return away()
    },
    [Symbol.dispose]() {
      isOver = true
      clearTimeout(timer)
      trying?.destroy()
    },
  }
}
