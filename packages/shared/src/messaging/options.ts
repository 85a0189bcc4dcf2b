import type { Logger } from 'pino'
import { ConfigError } from '../errors/index.ts'
import type { BreakerState } from '../runtime/breakers.ts'
import type { Registry } from '../runtime/metrics.ts'
import type { Scope } from '../runtime/types.ts'

export interface BusOptions {
  /** `amqp://user:password@host:port/vhost` */
  readonly url: string
  /** `http://user:password@host:port/`, to verify the policies with. Without it they are not verified, which is logged. */
  readonly managementUrl?: string | undefined
  /** Names the connections and is the `app-id` of every message. */
  readonly service: string
  /** Number of broker shards; the same for every service of an installation. */
  readonly shards: number
  readonly log: Logger
  /** Where metrics go instead of the process's registry. */
  readonly registry?: Registry
  /** Most unconfirmed messages. */
  readonly window?: number
  /** Told of every change of the breaker of the management API. */
  readonly onBreaker?: (breaker: string, state: BreakerState, probeAt: Date | null) => void
  /** The service's scope: its readiness shows the bus's health from the start, and its end interrupts the waiting. */
  readonly scope?: Pick<Scope, 'readyWhen' | 'signal'>
}

const isUrl = (value: string, ...protocols: readonly string[]): boolean =>
  URL.canParse(value) && protocols.includes(new URL(value).protocol)

/** @throws ConfigError with one sentence per option that cannot be used */
export const checkOptions = ({ url, managementUrl, shards, window }: BusOptions): void => {
  const wrong = [
    isUrl(url, 'amqp:', 'amqps:') ? '' : 'The AMQP URL must be one that starts with amqp:// or amqps://.',
    managementUrl === undefined || isUrl(managementUrl, 'http:', 'https:')
      ? ''
      : 'The management URL must be one that starts with http:// or https://.',
    Number.isInteger(shards) && shards >= 1
      ? ''
      : `The number of shards was ${shards}: it must be a whole number of at least 1.`,
    window === undefined || (Number.isInteger(window) && window >= 1)
      ? ''
      : `The window was ${window}: it must be a whole number of at least 1.`,
  ].filter((sentence) => sentence !== '')
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))
}
