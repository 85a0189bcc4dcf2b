import { ConfigError } from '@surepost/shared/errors'
import { expect, test } from 'vitest'
import { placesOf, policyOf, readConfig } from '../../src/config.ts'
import { goodEnvironment } from '../support/environment.ts'

const failure = (env: Record<string, string | undefined>): string => {
  try {
    readConfig({ ...goodEnvironment, ...env })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  return ''
}

test('good configuration has defaults', () => {
  const config = readConfig({ ...goodEnvironment, CHROMIUM_ARGS: '--no-sandbox  --x' })
  expect(config).toMatchObject({ BROKER_SHARD: 0, BROKER_SLOTS: 3, CHROMIUM_ARGS: ['--no-sandbox', '--x'] })
  expect(policyOf(config).settleWindowMs).toBe(120_000)
  expect(placesOf(config).ledger).toBe('/data/ledger.db')
})

test.each([
  [{ BROKER_SHARD: '1' }, /BROKER_SHARD/],
  [{ BROKER_SLOTS: '1' }, /BROKER_SLOTS was "1": it must be a whole number from 2/],
  [{ SESSION_KEY: 'short' }, /SESSION_KEY is wrong \(its value is not shown\).*32 bytes/],
  [{ BROKER_DATA_DIR: undefined }, /BROKER_DATA_DIR/],
  [{ BROKER_PUBLIC_URL: 'http://x' }, /ws:\/\//],
])('a bad variable is refused with a sentence: %j', (env, sentence) => {
  expect(failure(env)).toMatch(sentence)
})
