import { expect, test } from 'vitest'
import { whereabouts } from '../../src/console/access.ts'
import { oneLine, plain } from '../../src/console/plain.ts'

const URL_ = 'https://console.example'
const ENV = { SUREPOST_URL: URL_, SUREPOST_API_KEY: 'key-of-the-environment' }

test('the command line wins over the environment, and the environment over the local stack', () => {
  const other = 'http://127.0.0.1:8080'
  expect(whereabouts({ url: other, key: 'k' }, ENV)).toEqual({ kind: 'console', url: other, key: 'k' })
  expect(whereabouts({}, ENV)).toEqual({ kind: 'console', url: URL_, key: ENV.SUREPOST_API_KEY })
  expect(whereabouts({ data: '/somewhere' }, ENV)).toEqual({ kind: 'stack', key: undefined })
  expect(whereabouts({ data: '/somewhere', key: 'k' }, ENV)).toEqual({ kind: 'stack', key: 'k' })
  expect(whereabouts({}, {})).toEqual({ kind: 'stack', key: undefined })
})

test('variables that are set to nothing are not set', () => {
  expect(whereabouts({}, { SUREPOST_URL: '', SUREPOST_API_KEY: '' })).toEqual({ kind: 'stack', key: undefined })
})

test('a key in the environment is for the console that is named there, not for a local stack', () => {
  expect(whereabouts({}, { SUREPOST_API_KEY: 'elsewhere' })).toEqual({ kind: 'stack', key: undefined })
})

const SECRET = 'hunter2hunter2hunter2'
test.each([
  ['a URL and a data folder', { url: URL_, key: SECRET, data: '/somewhere' }, {}, '--url and --data'],
  ['a URL without a key', { url: URL_ }, {}, 'needs its API key'],
  ['a URL in the environment without a key', {}, { SUREPOST_URL: URL_ }, 'needs its API key'],
  ['no URL', { url: SECRET, key: SECRET }, {}, 'is no URL'],
  ['another protocol', { url: `ftp://${SECRET}`, key: SECRET }, {}, 'does not begin with http'],
  ['a password in the URL', { url: `https://me:${SECRET}@console.example`, key: SECRET }, {}, 'a user or a password'],
  ['a token in the URL', { url: `${URL_}?token=${SECRET}`, key: SECRET }, {}, 'a query'],
  ['a key of two lines', { url: URL_, key: `${SECRET}\n${SECRET}` }, {}, 'blanks or other characters'],
  ['an empty key', { url: URL_, key: '' }, {}, 'it is empty'],
])('%s is refused, and the sentence repeats no secret', (_what, given, env, sentence) => {
  const found = whereabouts(given, env)
  expect(found).toMatchObject({ kind: 'wrong', sentence: expect.stringContaining(sentence) })
  expect(JSON.stringify(found)).not.toContain(SECRET)
})

test('what a message brought along does not reach the terminal as commands', () => {
  const escape = '\u{1b}[2J\u{9b}31m\u{7}gone\r\nline\ttab'
  expect(plain(escape)).toBe('\u{fffd}[2J\u{fffd}31m\u{fffd}gone\u{fffd}\nline\ttab')
  expect(oneLine('a\n  b\u{1b}c', 10)).toBe('a b\u{fffd}c')
  expect(oneLine('12345678', 5)).toBe('1234…')
})
