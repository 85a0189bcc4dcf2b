import { setTimeout as sleep } from 'node:timers/promises'
import { ensureInstalled, startStack, type SystemDescription } from '@surepost/stack'
import { worldOf } from '../metrics-faults/command.ts'
import { FOLLOWS_SECONDS, publishUntil, signUpAll } from './load.ts'
import { lookAtProcesses } from './processes.ts'
import { type Finding, type Phases, type Series, judgeBounded, judgeEnded } from './verdict.ts'

export interface SoakBench {
  readonly dataDir: string
  /** Of load; what follows from it, and quiet, come on top. */
  readonly minutes: number
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal
}

export interface Soaked {
  readonly bench: 'soak'
  readonly minutes: number
  readonly posts: number
  readonly samples: number
  /** MiB (proportional shares), open handles, contexts, and seconds of waiting, by "part: figure". */
  readonly figures: Readonly<Record<string, Omit<Finding, 'troubles'>>>
  readonly troubles: readonly string[]
  readonly pass: boolean
}

const SAMPLE_MS = 5_000
/** Of quiet at its end, in which all must be back. */
const QUIET_SECONDS = 60
/** Audits under load as well. Canaries would open pages in the quiet. */
const ENV = { persister: { AUDIT_EVERY_SECONDS: '60' }, 'browser-broker': { BROWSER_CANARY_EVERY_MS: '600000' } }

/** What fills once and stays: V8's heaps, Postgres' shared buffers (128 MiB), RabbitMQ's tables, kept browsers. MiB. */
const SLACK_MIB: Readonly<Record<string, number>> = { postgres: 140, rabbitmq: 64, browsers: 250 }
const USUAL_SLACK_MIB = 24
/** Connections of pools come and go; each kept browser has some two hundred. */
const SLACK_HANDLES: Readonly<Record<string, number>> = { browsers: 800, 'browser-broker': 40, postgres: 200 }
const USUAL_SLACK_HANDLES = 20

/** The longest waits, as the services tell them (`/metrics`). */
const AGES = {
  'oldest fact in hand': ['persister', 'surepost_record_queue_age_seconds'],
  'oldest request for a lease': ['browser-broker', 'surepost_lease_oldest_wait_seconds'],
} as const

const ageOf = async ({ services }: SystemDescription, service: string, metric: string): Promise<number> => {
  const port = services.find(({ name }) => name === service)?.opsPort
  const text = await (
    await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(SAMPLE_MS) })
  ).text()
  const all = [...text.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'gmu'))].map(([, value]) =>
    Number(value),
  )
  if (all.length === 0) throw new Error(`${service} does not tell ${metric}.`)
  return Math.max(...all)
}

/** Look every few seconds until it is told to stop. */
const sampling = (system: SystemDescription, began: number, signal: AbortSignal) => {
  const services = new Map(system.services.map(({ pid, name }) => [pid, name]))
  const found = new Map<string, { second: number; value: number }[]>()
  const keep = (name: string, value: number): void => {
    const values = found.get(name) ?? []
    values.push({ second: (performance.now() - began) / 1_000, value })
    found.set(name, values)
  }
  let samples = 0
  const look = async (): Promise<void> => {
    const { parts, contexts } = await lookAtProcesses(services)
    for (const [part, { memoryMiB, handles }] of parts) {
      keep(`${part}: MiB`, memoryMiB)
      keep(`${part}: handles`, handles)
    }
    keep('contexts', contexts)
    for (const [name, [service, metric]] of Object.entries(AGES)) keep(name, await ageOf(system, service, metric))
    samples += 1
  }
  const stop = new AbortController()
  const loop = (async () => {
    const ends = AbortSignal.any([signal, stop.signal])
    while (!ends.aborted) {
      await look()
      await sleep(SAMPLE_MS, undefined, { signal: ends }).catch(() => {})
    }
  })()
  // Heard of when the load is over; until then it must not end the process.
  loop.catch(() => {})
  return {
    async end() {
      stop.abort()
      await loop
      return { found, samples }
    },
  }
}

const judge = (name: string, values: Series['values'], phases: Phases): Finding => {
  if (name === 'contexts') return judgeEnded({ name, slack: 0, values }, phases)
  if (name in AGES) return judgeEnded({ name: `the wait of the ${name}, in seconds,`, slack: 1, values }, phases)
  const [part = '', figure = ''] = name.split(': ')
  const slack = figure === 'MiB' ? (SLACK_MIB[part] ?? USUAL_SLACK_MIB) : (SLACK_HANDLES[part] ?? USUAL_SLACK_HANDLES)
  return judgeBounded({ name, slack, values }, phases)
}

/**
 * `surepost bench soak`: posts, threads, readings, audits, mentions and their answers for some minutes, then quiet; whether
 * everything is back to where it was, and did not grow meanwhile (`verdict.ts` has the rule).
 * @throws StackError
 */
export const benchSoak = async ({ dataDir, minutes, onProgress, signal }: SoakBench): Promise<Soaked> => {
  await ensureInstalled({ onProgress, signal })
  await using stack = await startStack({ dataDir, signal, ephemeral: true, onProgress })
  const system = await stack.startServices({ env: ENV })
  const world = worldOf(system)
  const accounts = await signUpAll(world)
  const began = performance.now()
  const now = (): number => (performance.now() - began) / 1_000
  const samples = sampling(system, began, signal)
  onProgress(`${minutes} minutes of posts, threads, readings, audits, mentions and answers`)
  const posts = await publishUntil(world, accounts, began + minutes * 60_000, signal)
  const loadEndsAt = now()
  onProgress('letting everything come to rest')
  await sleep((FOLLOWS_SECONDS + QUIET_SECONDS) * 1_000, undefined, { signal })
  const phases = { loadEndsAt, quietEndsAt: now() }
  const { found, samples: count } = await samples.end()
  // What comes and goes (a backend of Postgres, say) is no part of its own.
  const steady = [...found].filter(([, values]) => values.length > count / 2)
  const findings = steady.map(([name, values]) => [name, judge(name, values, phases)] as const)
  const troubles = findings.flatMap(([, finding]) => finding.troubles)
  const figures = Object.fromEntries(
    findings.map(([name, { baseline, growth, end }]) => [name, { baseline, growth, end }]),
  )
  return { bench: 'soak', minutes, posts, samples: count, figures, troubles, pass: troubles.length === 0 }
}
