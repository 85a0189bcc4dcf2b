import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import {
  amqpVariables,
  asSecret,
  integer,
  list,
  milliseconds,
  parseConfig,
  port,
  secret,
  url,
} from '@surepost/shared/runtime'
import { z } from 'zod'
import type { BrowserConfig } from './browsers/browser.ts'
import { originsFor, originOf } from './egress/origins.ts'
import type { CanaryConfig } from './browsers/open.ts'
import type { BrokerLimits } from './leases/limits.ts'
import { DEFAULT_POLICY, type Policy } from './ledger/policy.ts'

const base64Key = asSecret(
  z
    .string()
    .refine(
      (value) => Buffer.from(value, 'base64').length === 32,
      'must be 32 bytes in base64 (openssl rand -base64 32)',
    )
    .transform((value) => Buffer.from(value, 'base64')),
)

const origins = () =>
  list().pipe(
    z.array(
      z
        .string()
        .refine(
          (text) => originOf(text) !== undefined,
          'must be origins like https://x.com, with commas between and no path',
        ),
    ),
  )

/** Every variable of the service; README.md says what each is for. */
export const variables = z.object({
  ...amqpVariables,
  BROKER_SHARD: integer(0, 1_023).default(0),
  BROKER_HOST: z.string().default('0.0.0.0'),
  BROKER_PORT: port(),
  BROKER_PUBLIC_URL: url('ws', 'wss'),
  BROKER_DATA_DIR: z.string().min(1),
  BROKER_SLOTS: integer(2, 100).default(3),
  BROWSER_USES: integer(1, 10_000).default(20),
  BROWSER_AGE_MS: milliseconds(1_000).default(30 * 60_000),
  BROWSER_IDLE_MS: milliseconds(0).default(5 * 60_000),
  BROWSER_MEMORY_MIB: integer(1, 1_000_000).default(400),
  BACKGROUND_CPU_PERCENT: integer(1, 101).default(95),
  BACKGROUND_FREE_MIB: integer(0, 1_000_000).default(512),
  BROWSER_CANARY_EVERY_MS: milliseconds(100).default(60_000),
  BROWSER_CANARY_MS: milliseconds(100).default(15_000),
  POOL_WAIT_OLD_MS: milliseconds(1_000).default(120_000),
  BROKER_ADMIN_KEY: secret(16),
  SESSION_KEY: base64Key,
  X_BASE_URL: url('http', 'https').default('https://x.com'),
  BROWSER_ORIGINS: origins().default([]),
  CHROMIUM_PATH: z.string().optional(),
  CHROMIUM_ARGS: list(' ').default([]),
  SETTLE_WINDOW_MS: milliseconds(1, 3_600_000).default(DEFAULT_POLICY.settleWindowMs),
  GIVE_UP_AFTER_MS: milliseconds(1).default(DEFAULT_POLICY.giveUpAfterMs),
  SAME_TEXT_WINDOW_MS: milliseconds(0).default(DEFAULT_POLICY.sameTextWindowMs),
  LEASE_ACT_MS: milliseconds(1_000, 600_000).default(DEFAULT_POLICY.leaseMs.act.first),
  LEASE_ACT_MOST_MS: milliseconds(1_000, 3_600_000).default(DEFAULT_POLICY.leaseMs.act.most),
  LEASE_READ_MS: milliseconds(1_000, 300_000).default(DEFAULT_POLICY.leaseMs.background.first),
})

export type Config = z.output<typeof variables>

/** @throws ConfigError with one sentence per variable that is wrong */
export const readConfig = (env: Readonly<Record<string, string | undefined>> = process.env): Config =>
  parseConfig(
    variables.refine((c) => c.BROKER_SHARD < c.BROKER_SHARDS, {
      path: ['BROKER_SHARD'],
      message: 'must be less than BROKER_SHARDS',
    }),
    env,
  )

export const policyOf = (config: Config): Policy => ({
  ...DEFAULT_POLICY,
  settleWindowMs: config.SETTLE_WINDOW_MS,
  giveUpAfterMs: config.GIVE_UP_AFTER_MS,
  leastLookMs: Math.min(DEFAULT_POLICY.leastLookMs, config.GIVE_UP_AFTER_MS),
  sameTextWindowMs: config.SAME_TEXT_WINDOW_MS,
  leaseMs: {
    act: { first: config.LEASE_ACT_MS, most: Math.max(config.LEASE_ACT_MS, config.LEASE_ACT_MOST_MS) },
    interactive: { ...DEFAULT_POLICY.leaseMs.interactive, first: config.LEASE_READ_MS },
    background: { ...DEFAULT_POLICY.leaseMs.background, first: config.LEASE_READ_MS },
  },
})

export const browsersOf = (config: Config): BrowserConfig => {
  const { browsers: folder, temporary } = placesOf(config)
  return {
    executablePath: config.CHROMIUM_PATH,
    args: config.CHROMIUM_ARGS,
    origins: originsFor(config.X_BASE_URL, config.BROWSER_ORIGINS),
    folder,
    temporary,
  }
}

export const canaryOf = (config: Config): CanaryConfig => ({
  everyMs: config.BROWSER_CANARY_EVERY_MS,
  loadMs: config.BROWSER_CANARY_MS,
})

/**
 * Offers unclaimed for 5 s are closed; reads of an account are few, and fewer beside its publishing. One Chromium shell
 * without a page has about 60 MiB to itself: with 400 it holds on to something. One more browser at work needs 300 MiB.
 */
export const limitsOf = (config: Config): BrokerLimits => ({
  slots: config.BROKER_SLOTS,
  claimMs: 5_000,
  readsPerAccount: { alone: 2, besideAct: 1 },
  interactiveHeadStartMs: 15_000,
  yieldAfterMs: 5_000,
  keep: {
    uses: config.BROWSER_USES,
    ageMs: config.BROWSER_AGE_MS,
    idleMs: config.BROWSER_IDLE_MS,
    memoryMiB: config.BROWSER_MEMORY_MIB,
  },
  admission: {
    cpuPercent: { narrow: config.BACKGROUND_CPU_PERCENT, widen: config.BACKGROUND_CPU_PERCENT * 0.8 },
    memoryFreeMiB: { stop: config.BACKGROUND_FREE_MIB, resume: config.BACKGROUND_FREE_MIB * 2 },
  },
})

// Asked once, since the process's own temporary folder is moved into the data folder later.
const TEMPORARY = tmpdir()

/** Where things lie. */
export const placesOf = ({ BROKER_DATA_DIR }: Config) => {
  const folder = isAbsolute(BROKER_DATA_DIR) ? BROKER_DATA_DIR : resolve(BROKER_DATA_DIR)
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  const temporary = join(TEMPORARY, `surepost-${name}-`)
  return {
    folder,
    temporary,
    lock: join(folder, 'lock'),
    ledger: join(folder, 'ledger.db'),
    browsers: join(folder, 'browsers'),
  }
}
