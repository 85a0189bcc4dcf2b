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

const OPERATING = [
  'post',
  'list',
  'show',
  'edit',
  'approve',
  'reject',
  'cancel',
  'delete',
  'status',
  'jobs',
  'pool',
  'accounts',
  'login',
  'pause',
  'resume',
  'kill-switch',
] as const

test('--help names every command and exits with 0', async () => {
  expect(await runCli(['--help'])).toBe(0)
  for (const command of ['demo', 'up', 'down', 'stack', 'dead', 'alerts', 'replies', 'test', 'check', ...OPERATING])
    expect(said).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
})

test.each(OPERATING)('the help of %s shows examples of it', async (command) => {
  expect(await runCli([command, '--help'])).toBe(0)
  expect(said).toMatch(new RegExp(`Examples:\\n.*surepost ${command}`))
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
  [['post', '--alt', 'a cat', 'hello'], 'Give the --image first that it is of'],
  [['post', '--at', 'tomorrow', 'hello'], 'It must be a time like +90m'],
  [['post', '--reply-to', 'that one', 'hello'], 'the id of a post on its platform, or its link'],
  [['post', '--file', 'a.txt', 'hello'], 'not both'],
  [['post', '--file', '/nowhere/a.txt'], 'the text cannot be read'],
  [['list', '--limit', '0'], 'It must be a whole number from 1 to 100'],
  [['edit', 'an-id'], 'say what changes'],
  [['edit', 'an-id', '--at', '+2h', '--now'], 'give --at or --now, not both'],
  [['approve', 'an-id'], 'there is no terminal to ask on'],
  [['delete', 'an-id'], 'there is no terminal to ask on'],
  [['delete', 'an-id', '--yes', '--all', '--segment', '1'], 'not both'],
  [['kill-switch', 'of'], "too many arguments for 'kill-switch'"],
  [['kill-switch', 'off'], 'there is no terminal to ask on'],
  [['accounts', 'add', 'ada'], "required option '--handle <name>' not specified"],
  [['accounts', 'add', 'ada', '--handle', 'not a handle', '--yes'], 'must be a handle without the @'],
  [['accounts', 'add', 'ada', '--handle', 'ada_builds'], 'when you know the rules of the platform'],
  [['accounts', 'edit', 'ada'], 'say what changes'],
  [['login'], "required option '--account <id>' not specified"],
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
