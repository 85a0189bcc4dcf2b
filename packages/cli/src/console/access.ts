import { findStack, StackError } from '@surepost/stack'
import type { Command } from 'commander'
import { dataOption } from '../data-option.ts'
import { type Access, type Console, consoleAt } from './client.ts'

/** What the command line says of the console that is meant; `data` only where it was named there. */
export interface Given {
  readonly url?: string | undefined
  readonly key?: string | undefined
  readonly data?: string | undefined
}

/** What is meant: a console by its URL, that of a local stack, or nothing that can be used. */
export type Whereabouts =
  | ({ readonly kind: 'console' } & Access)
  | { readonly kind: 'stack'; readonly key: string | undefined }
  | { readonly kind: 'wrong'; readonly sentence: string }

/** Adds the options that say which console is meant. */
export const withConsole = (command: Command): Command =>
  command
    .option('--url <url>', 'the console (SUREPOST_URL; by default that of the stack that runs in the data folder)')
    .option('--key <key>', 'its API key; SUREPOST_API_KEY is not seen by others on the machine')
    .addOption(dataOption())
    .option('--json', 'print one line of JSON')

const wrong = (sentence: string): Whereabouts => ({ kind: 'wrong', sentence })

// What is given may hold a password, so no sentence repeats it.
const troubleOf = (url: string): string | undefined => {
  if (!URL.canParse(url)) return 'is no URL'
  const { protocol, username, password, search, hash } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return 'does not begin with http:// or https://'
  if (username !== '' || password !== '') return 'has a user or a password in it'
  return search !== '' || hash !== '' ? 'has a query or a fragment' : undefined
}

/**
 * Which console is meant: what the command line says wins over the environment, and the environment over the local stack.
 * Pure.
 */
export const whereabouts = (given: Given, env: Readonly<Record<string, string | undefined>>): Whereabouts => {
  if (given.url !== undefined && given.data !== undefined)
    return wrong('--url and --data name two consoles; give one of them')
  const key = given.key ?? (env['SUREPOST_API_KEY'] || undefined)
  // A header carries visible ASCII only.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    return wrong('the API key (--key or SUREPOST_API_KEY) is none: it is empty, or has blanks or other characters')
  const url = given.url ?? (given.data === undefined ? env['SUREPOST_URL'] || undefined : undefined)
  if (url === undefined) return { kind: 'stack', key: given.key }
  const trouble = troubleOf(url)
  if (trouble !== undefined)
    return wrong(`the console's URL (--url or SUREPOST_URL) ${trouble}; it must be like https://console.example`)
  return key === undefined
    ? wrong('a console that is named by its URL needs its API key: give --key or SUREPOST_API_KEY')
    : { kind: 'console', url, key }
}

/**
 * The console that is meant.
 * @throws CommanderError for options that cannot be used, StackError when no stack runs where one is meant
 */
export const openConsole = async (command: Command, signal: AbortSignal): Promise<Console> => {
  const { url, key, data } = command.optsWithGlobals<{ url?: string; key?: string; data: string }>()
  const named = command.getOptionValueSourceWithGlobals('data') === 'cli'
  const meant = whereabouts({ url, key, data: named ? data : undefined }, process.env)
  if (meant.kind === 'wrong') return command.error(`error: ${meant.sentence}.`)
  return consoleAt(meant.kind === 'console' ? meant : await ofStack(data, meant.key), signal)
}

const ofStack = async (data: string, key: string | undefined): Promise<Access> => {
  try {
    const { consoleUrl, apiKey } = await findStack(data).describe()
    return { url: consoleUrl, key: key ?? apiKey }
  } catch (cause) {
    if (!(cause instanceof StackError)) throw cause
    const elsewhere = 'For a console elsewhere give --url and --key (or SUREPOST_URL and SUREPOST_API_KEY).'
    throw new StackError(`${cause.message} ${elsewhere}`, { cause })
  }
}
