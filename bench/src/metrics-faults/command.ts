import { rm } from 'node:fs/promises'
import { ensureInstalled, startStack, type SystemDescription } from '@surepost/stack'
import { isWhole } from './judge.ts'
import { type Measured, type Wish, metricsFaults } from './run.ts'
import type { World } from './world.ts'

/** What reads and records; nothing here publishes. */
export const SERVICES = ['playground', 'persister', 'browser-broker', 'scraper', 'console'] as const

/** Who waits for a processor is no reason to hold work back: the site that is read is on the same machine. */
export const BUSY = { BACKGROUND_CPU_PERCENT: '101' }

/** The parts of a running installation that the bench works on. @throws Error when there is no browser-broker */
export const worldOf = (
  system: Pick<SystemDescription, 'endpoints' | 'playgroundUrl' | 'consoleUrl' | 'apiKey' | 'services'>,
): World => {
  const { amqpUrl, rabbitmqManagementUrl, supabaseUrl, supabaseKey } = system.endpoints
  const broker = system.services.find(({ name }) => name === 'browser-broker')
  if (broker === undefined) throw new Error('No browser-broker runs.')
  const { playgroundUrl, consoleUrl, apiKey } = system
  return {
    playgroundUrl,
    consoleUrl,
    apiKey,
    amqpUrl,
    rabbitmqManagementUrl,
    supabaseUrl,
    supabaseKey,
    brokerPid: broker.pid,
  }
}

/** Start a stack of its own, measure, and stop it. @returns the figures, and whether they are what they must be */
export const benchMetricsFaults = async (
  { dataDir, ...wish }: Wish & { readonly dataDir: string },
  signal: AbortSignal,
): Promise<{ readonly measured: Measured; readonly whole: boolean }> => {
  await ensureInstalled({ onProgress: wish.onProgress, signal })
  const stack = await startStack({ dataDir, signal, durable: false, onProgress: wish.onProgress })
  try {
    const system = await stack.startServices({ only: SERVICES, env: { 'browser-broker': BUSY } })
    const measured = await metricsFaults(worldOf(system), wish, signal)
    return { measured, whole: isWhole(measured) }
  } finally {
    await stack.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
