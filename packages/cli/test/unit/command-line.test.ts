import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '@surepost/testkit'
import { runCli } from '../../src/cli.ts'

let said = ''
beforeEach(() => {
  said = ''
  const keep = (text: string | Uint8Array): boolean => {
    said += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  vi.spyOn(console, 'error').mockImplementation((text: string) => void keep(text))
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('--help names every command and exits with 0', async () => {
  expect(await runCli(['--help'])).toBe(0)
  for (const command of ['demo', 'up', 'down', 'stack', 'dead', 'alerts', 'replies', 'test', 'check'])
    expect(said).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
})

test.each([
  [['bogus'], "unknown command 'bogus'"],
  [['up', '--nonsense'], "unknown option '--nonsense'"],
  [['up', '--port', 'abc'], 'It must be a whole number from 1024 to 65500'],
  [['stack', 'stop'], "missing required argument 'part'"],
  [['dead', 'bogus'], "too many arguments for 'dead'"],
  [['dead', 'list'], "missing required argument 'queue'"],
  [['dead', 'list', 'q', '--limit', '0'], 'It must be a whole number from 1 to 500'],
  [['dead', 'replay', 'q'], 'say which letters: the id of one, or --all'],
  [['dead', 'replay', 'q', 'an-id', '--all'], 'not both'],
  [['replies', 'approve'], "missing required argument 'id'"],
  [['replies', 'edit', 'an-id'], "missing required argument 'text'"],
  [['replies', 'approve', 'an-id'], 'there is no terminal to ask on'],
  [['demo', '--against', 'http://127.0.0.1:1'], '--against and --site belong together'],
  [['demo', '--against', 'nonsense', '--site', 'http://127.0.0.1:2'], 'is no URL'],
  [['alerts', 'all'], "too many arguments for 'alerts'"],
])('the command line %j is refused with exit status 2 and a sentence', async (args, sentence) => {
  expect(await runCli(args)).toBe(2)
  expect(said).toContain(sentence)
})

test('stopping a part where no stack runs says so, and how to start one', async () => {
  const data = temporaryFolder()
  expect(await runCli(['stack', 'stop', 'postgres', '--data', data])).toBe(1)
  expect(said).toContain(`No stack runs in ${data}. Start one with "surepost up --data ${data}"`)
  expect(said).not.toContain('    at ')
})

test('"down" where no stack runs is content', async () => {
  const data = temporaryFolder()
  expect(await runCli(['down', '--data', data])).toBe(0)
  expect(said).toContain(`No stack runs in ${data}.`)
})
