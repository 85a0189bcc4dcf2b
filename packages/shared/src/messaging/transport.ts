import { pause, within } from '../runtime/deadline.ts'
import { DeadLetterAlerts } from './alerts.ts'
import { type Connected, placeOf } from './connection.ts'
import { declareTopology } from './declare.ts'
import { type Link, openLink } from './link.ts'
import { vhostOf } from './management.ts'
import { type BusMetrics, busMetrics } from './metrics.ts'
import type { BusOptions } from './options.ts'
import { Publisher } from './publisher.ts'
import { MOURNING_MS } from './subscription.ts'
import { type Topology, topology } from './topology.ts'
import type { BusTrouble } from './types.ts'
import { UnroutableAlerts } from './unroutable.ts'
import { PolicyCheck } from './verify.ts'

const WINDOW = 500
/** What is under way at the end gets this long. */
const FLUSH_MS = 3_000

/** The two connections of a bus with what runs on them. */
export class Transport {
  readonly options: BusOptions
  readonly topology: Topology
  readonly metrics: BusMetrics
  readonly publishing: Link
  readonly consuming: Link
  readonly publisher: Publisher
  readonly alerts: DeadLetterAlerts
  readonly #unroutable: UnroutableAlerts
  readonly #policies: PolicyCheck | undefined
  #mending = false

  constructor(options: BusOptions) {
    this.options = options
    const { service, log, window = WINDOW, managementUrl, url, onBreaker } = options
    this.topology = topology(options.shards)
    this.metrics = busMetrics(options.registry)
    this.publishing = this.#link('publish')
    this.consuming = this.#link('consume')
    const { publishing: link, metrics } = this
    this.publisher = new Publisher({ link, log, metrics, window, onHole: (type) => this.#hole(type) })
    this.alerts = new DeadLetterAlerts(this.publisher, service, log)
    this.#unroutable = new UnroutableAlerts(() => this.publisher, service, log)
    if (managementUrl === undefined)
      log.warn('RABBITMQ_MANAGEMENT_URL is not set: the policies that keep messages safe are not verified')
    else this.#policies = new PolicyCheck(managementUrl, vhostOf(url), this.topology, onBreaker)
  }

  /** Both connections are up. @throws the signal's reason */
  async connected(signal?: AbortSignal): Promise<void> {
    await Promise.all([this.publishing.available(signal), this.consuming.available(signal)])
  }

  async redeclare(connected: Connected): Promise<void> {
    await declareTopology(connected, this.topology)
  }

  async troubles(): Promise<readonly string[]> {
    const down = [this.publishing, this.consuming].find((link) => link.held === undefined)
    if (down !== undefined) return [down.trouble ?? `Connecting to RabbitMQ at ${placeOf(this.options.url)}.`]
    const blocked = this.publishing.held?.blocked
    const alarm =
      blocked === undefined
        ? []
        : [`RabbitMQ blocks publishers because of an alarm (${blocked}): free memory or disk there.`]
    const channel = this.publisher.trouble === undefined ? [] : [this.publisher.trouble]
    return [...alarm, ...channel, ...((await this.#policies?.sentences()) ?? [])]
  }

  /** Why RabbitMQ takes nothing of us just now. */
  trouble(): BusTrouble | undefined {
    const down = [this.publishing, this.consuming].find((link) => link.held === undefined)
    const blocked = this.publishing.held?.blocked
    this.metrics.away.set(down === undefined ? 0 : 1)
    this.metrics.blocked.set(blocked === undefined ? 0 : 1)
    if (down !== undefined)
      return { kind: 'away', reason: down.trouble ?? `Connecting to RabbitMQ at ${placeOf(this.options.url)}.` }
    if (blocked === undefined) return undefined
    return { kind: 'blocked', reason: `RabbitMQ takes no messages because of an alarm (${blocked}).` }
  }

  /** Confirm what is under way, then close. Consumers must have ended before. */
  async close(): Promise<void> {
    const told = Promise.all([this.alerts.flush(), this.#unroutable.close()])
    await within(told, FLUSH_MS, () => new Error('alerts were not confirmed in time')).catch((error: unknown) =>
      this.options.log.warn({ err: error }, 'closing'),
    )
    await this.publisher.close(FLUSH_MS)
    await Promise.all([this.publishing.stop(), this.consuming.stop()])
  }

  #link(role: 'publish' | 'consume'): Link {
    const { url, service, log } = this.options
    return openLink({
      url,
      service,
      role,
      log,
      topology: this.topology,
      onUp: () => this.metrics.connections.inc({ role }),
      onBlocked: (reason) => this.#blocked(role, reason),
    })
  }

  #blocked(role: string, reason: string | undefined): void {
    this.options.log.warn(
      { role, reason },
      reason === undefined ? 'RabbitMQ takes messages again' : 'RabbitMQ blocks publishers',
    )
    if (reason === undefined) this.publisher.pump()
  }

  #hole(type: string): void {
    this.#unroutable.returned(type)
    this.#mend()
  }

  #mend(): void {
    if (this.#mending) return
    this.#mending = true
    this.#mendAfter(MOURNING_MS)
      .catch((error: unknown) =>
        this.options.log.error({ err: error }, 'the topology has a hole that could not be mended'),
      )
      .finally(() => (this.#mending = false))
  }

  async #mendAfter(ms: number): Promise<void> {
    const { held } = this.publishing
    if (held !== undefined && (await pause(ms, held.lost))) await this.redeclare(held)
  }
}
