import { type BreakersOptions, createBreakers } from '../runtime/breakers.ts'
import { ConfigError, UnavailableError, messageOf } from '../errors/index.ts'
import { type QueueState, readPolicies, readQueues } from './management.ts'
import { definitionOf } from './policies.ts'
import type { QueueSpec, Topology } from './topology.ts'

type Definition = Readonly<Record<string, unknown>>

/** Keys of an operator that change no guarantee: limits refuse and never drop, since overflow is reject-publish. */
const HARMLESS = new Set([
  'max-length',
  'max-length-bytes',
  'max-in-memory-length',
  'max-in-memory-bytes',
  'queue-leader-locator',
  'queue-master-locator',
  'target-group-size',
])

/** What differs between what must be in force and what is, in words; empty when nothing does. */
export const differences = (wanted: Definition, actual: Definition): readonly string[] => {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(actual).filter((key) => !HARMLESS.has(key))])
  return [...keys]
    .filter((key) => wanted[key] !== actual[key])
    .map((key) => `${key} is ${shown(actual[key])} and must be ${shown(wanted[key])}`)
}

const shown = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value))

export interface PolicyState {
  readonly name: string
  readonly pattern: string
  readonly 'apply-to': string
  readonly priority: number
  readonly definition: Definition
}

const OTHER_TARGETS = new Set(['exchanges', 'classic_queues', 'streams'])

const matches = ({ pattern, 'apply-to': target }: PolicyState, queue: string): boolean => {
  if (OTHER_TARGETS.has(target)) return false
  try {
    return new RegExp(pattern).test(queue)
  } catch {
    // A pattern that only Erlang understands: the broker's own report decides once it is there.
    return false
  }
}

/** The definition that the broker will choose for a queue: that of the matching policy with the highest priority. */
export const expectedFor = (queue: string, policies: readonly PolicyState[]): Definition =>
  policies.filter((policy) => matches(policy, queue)).sort((a, b) => b.priority - a.priority)[0]?.definition ?? {}

/**
 * Sentences about every queue on which another definition is in force than ours; empty when all is right. A queue is
 * reported up to ten seconds after it was declared: until then the list of policies is asked what will be in force.
 */
export const policyTroubles = (
  queues: readonly QueueSpec[],
  states: readonly QueueState[],
  policies: readonly PolicyState[],
): readonly string[] => {
  const reported = new Map(states.map((state) => [state.name, state]))
  const wrong = queues.flatMap((queue) => {
    const report = reported.get(queue.name)?.effective_policy_definition
    const actual =
      report === undefined || report === null || Array.isArray(report) || Object.keys(report).length === 0
        ? expectedFor(queue.name, policies)
        : report
    const found = differences(definitionOf(queue), actual)
    return found.length === 0 ? [] : [`queue ${queue.name}: ${found.join(', ')}`]
  })
  if (wrong.length === 0) return []
  const more = wrong.length > 3 ? `; and ${wrong.length - 3} more queues` : ''
  return [
    `RabbitMQ's policies are not the ones that keep messages safe (${wrong.slice(0, 3).join('; ')}${more}). Apply the policies of this version (the stack does at "surepost up"; elsewhere import its definitions file) and remove any that outrank them.`,
  ]
}

const GOOD_FOR_MS = 60_000
const BAD_FOR_MS = 1_000

interface Asked {
  readonly troubles?: readonly string[]
  readonly error?: unknown
}

/** The name of its breaker. */
const MANAGEMENT = 'rabbitmq-management'

/** Checks the policies in force, seldom while they are right and often while they are not. */
export class PolicyCheck {
  readonly #read: () => Promise<readonly string[]>
  #sentences: readonly string[] = []
  #until = 0
  #running: Promise<void> | undefined
  #everRight = false

  constructor(managementUrl: string, vhost: string, topology: Topology, onBreaker: BreakersOptions<Asked>['onChange']) {
    const breakers = createBreakers<Asked>({
      isFailure: ({ error }) => error instanceof UnavailableError,
      probeAfterMs: { first: 1_000, most: 10_000 },
      ...(onBreaker === undefined ? {} : { onChange: onBreaker }),
    })
    const ask = async (): Promise<Asked> => {
      try {
        const [queues, policies] = [await readQueues(managementUrl, vhost), await readPolicies(managementUrl, vhost)]
        return { troubles: policyTroubles(topology.queues, queues, policies) }
      } catch (error) {
        return { error }
      }
    }
    this.#read = async () => {
      const { troubles, error } = await breakers.execute([MANAGEMENT], ask)
      if (troubles === undefined) throw error
      return troubles
    }
  }

  /** The first call waits for an answer; later ones tell the last one while it is renewed, since probes are impatient. */
  async sentences(): Promise<readonly string[]> {
    if (Date.now() >= this.#until) this.#running ??= this.#check().finally(() => (this.#running = undefined))
    if (this.#until === 0) await this.#running
    return this.#sentences
  }

  async #check(): Promise<void> {
    try {
      this.#sentences = await this.#read()
      this.#everRight ||= this.#sentences.length === 0
    } catch (error) {
      // What was right stays right while the management API is away; what was never seen does not count as right.
      const away = !(error instanceof ConfigError) && this.#everRight
      this.#sentences = away ? [] : [`The policies could not be verified: ${messageOf(error)}`]
    }
    this.#until = Date.now() + (this.#sentences.length === 0 ? GOOD_FOR_MS : BAD_FOR_MS)
  }
}
