import { ConfigError } from '@surepost/shared/errors'
import { flag, integer, list, milliseconds, parseConfig, port, secret, url } from '@surepost/shared/runtime'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@surepost/testkit'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const sentencesOf = (work: () => unknown): readonly string[] => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message.split('\n')
  }
  return []
}

const shape = {
  AMQP_URL: url('amqp', 'amqps'),
  OPS_PORT: port(),
  WAIT_MS: milliseconds(10).default(500),
  SESSION_KEY: secret(32),
  SHARDS: integer(1, 8).default(1),
  VERBOSE: flag().optional(),
  URLS: list().optional(),
}
const good = { AMQP_URL: 'amqp://u:p@host/', OPS_PORT: '0', SESSION_KEY: 'k'.repeat(32) }

describe('parseConfig', () => {
  test('gives typed values and defaults', () => {
    const config = parseConfig(shape, { ...good, WAIT_MS: '20', VERBOSE: 'true', URLS: 'a, b,,c', OTHER: 'ignored' })
    expect(config).toEqual({
      AMQP_URL: 'amqp://u:p@host/',
      OPS_PORT: 0,
      WAIT_MS: 20,
      SESSION_KEY: 'k'.repeat(32),
      SHARDS: 1,
      VERBOSE: true,
      URLS: ['a', 'b', 'c'],
    })
  })

  test('an empty variable counts as not set', () => {
    expect(parseConfig(shape, { ...good, WAIT_MS: '' }).WAIT_MS).toBe(500)
    expect(sentencesOf(() => parseConfig(shape, { ...good, OPS_PORT: '' }))).toEqual([
      'OPS_PORT is missing: it must be a port number, 0 to 65535.',
    ])
  })

  test('says of every wrong variable, in one sentence each, what it was and what it must be', () => {
    expect(
      sentencesOf(() => parseConfig(shape, { AMQP_URL: 'http://host', OPS_PORT: '70000', SHARDS: '1.5' })),
    ).toEqual([
      'AMQP_URL was "http://host": it must be a URL that starts with amqp:// or amqps://.',
      'OPS_PORT was "70000": it must be a port number, 0 to 65535.',
      'SESSION_KEY is missing: it must have at least 32 characters.',
      'SHARDS was "1.5": it must be a whole number from 1 to 8.',
    ])
  })

  test.each([
    ['marked as secret', { PLAIN: secret(32).optional() }, 'PLAIN'],
    ['named like a secret', { API_TOKEN: z.string().min(32) }, 'API_TOKEN'],
  ])('never repeats the value of a variable that is %s', (_, secretShape, name) => {
    const [sentence] = sentencesOf(() => parseConfig(secretShape, { [name]: 'hunter2' }))
    expect(sentence).toContain(`${name} is wrong`)
    expect(sentence).not.toContain('hunter2')
  })

  test('leaves the credentials out of a URL that it repeats', () => {
    const [sentence] = sentencesOf(() => parseConfig(shape, { ...good, AMQP_URL: 'http://user:hunter2@host/' }))
    expect(sentence).toContain('AMQP_URL was "http://host/" (credentials left out)')
    expect(sentence).not.toContain('hunter2')
  })

  test('puts the issues of plain Zod schemas into words', () => {
    const plain = z.object({ SITE: z.url(), COUNT: z.coerce.number().int().min(1), MODE: z.enum(['a', 'b']) })
    expect(sentencesOf(() => parseConfig(plain, { SITE: 'nowhere', COUNT: '0', MODE: 'c' }))).toEqual([
      'SITE was "nowhere": it must be a URL.',
      'COUNT was "0": it must be at least 1.',
      'MODE was "c": it must be a or b.',
    ])
  })

  test('a rule over two variables names the one that it blames', () => {
    const both = z
      .object({ LOW: integer(0, 9), HIGH: integer(0, 9) })
      .refine(({ LOW, HIGH }) => LOW <= HIGH, { path: ['HIGH'], message: 'must not be below LOW' })
    expect(sentencesOf(() => parseConfig(both, { LOW: '5', HIGH: '4' }))).toEqual([
      'HIGH was "4": it must not be below LOW.',
    ])
  })

  test('a variable that decides which others are needed is read first', () => {
    const either = z.discriminatedUnion('MODE', [
      z.object({ MODE: z.literal('remote'), ADDRESS: url('http') }),
      z.object({ MODE: z.literal('local') }),
    ])
    expect(parseConfig(either, { MODE: 'local' })).toEqual({ MODE: 'local' })
    expect(sentencesOf(() => parseConfig(either, {}))).toEqual(['MODE is missing: it must be remote or local.'])
    expect(sentencesOf(() => parseConfig(either, { MODE: 'remote' }))).toEqual([
      'ADDRESS is missing: it must be a URL that starts with http://.',
    ])
  })
})

describe('secrets', () => {
  const key = { SESSION_KEY: secret(16), AMQP_URL: url('amqp') }

  test('may be in a file that NAME_FILE names; the variable itself goes before it', () => {
    const file = join(temporaryFolder(), 'key')
    writeFileSync(file, 'from-a-mounted-file\n')
    const env = { AMQP_URL: 'amqp://host/', SESSION_KEY: '', SESSION_KEY_FILE: file }
    expect(parseConfig(key, env).SESSION_KEY).toBe('from-a-mounted-file')
    expect(parseConfig(key, { ...env, SESSION_KEY: 'from-the-variable' }).SESSION_KEY).toBe('from-the-variable')
  })

  test('in a file that cannot be read are refused with a sentence that names the variable and the file', () => {
    const env = { AMQP_URL: 'amqp://host/', SESSION_KEY_FILE: '/no/such/file' }
    expect(sentencesOf(() => parseConfig(key, env)).join(' ')).toMatch(
      /^SESSION_KEY_FILE was "\/no\/such\/file": it must be a file/,
    )
  })

  test('of the demo are refused unless the site is a playground, and are not shown', () => {
    const env = { AMQP_URL: 'amqp://u:demo-only-p@host/', SESSION_KEY: 'demo-only-session-key' }
    expect(parseConfig(key, { ...env, X_BASE_URL: 'http://playground:8090' }).SESSION_KEY).toBe(env.SESSION_KEY)
    for (const X_BASE_URL of [
      undefined,
      '',
      'https://x.com',
      'https://x.com/',
      'https://www.x.com:443',
      'https://twitter.com',
    ]) {
      const said = sentencesOf(() => parseConfig(key, { ...env, X_BASE_URL })).join(' ')
      expect(said).toMatch(/^SESSION_KEY, AMQP_URL: the demo's secrets are known to everybody/)
      expect(said).not.toContain('demo-only')
    }
  })
})
