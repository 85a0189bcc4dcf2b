import { readFile } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { text as all } from 'node:stream/consumers'
import { messageOf } from '@surepost/shared/errors'
import type { Command } from 'commander'

/** Where a text comes from: the words of the command line, a file, or standard input (`-`, or no words and no terminal). */
export interface TextSource {
  readonly words: readonly string[]
  readonly file: string | undefined
  /** Whether the post would be whole without a text. */
  readonly optional: boolean
}

/** @throws CommanderError when there is no text, or two; the signal's reason */
export const readText = async (
  command: Command,
  { words, file, optional }: TextSource,
  signal: AbortSignal,
): Promise<string> => {
  if (file !== undefined && words.length > 0)
    return command.error('error: give the text on the command line or with --file, not both.')
  if (file !== undefined && file !== '-')
    return readFile(file, 'utf8').catch((error: unknown) =>
      command.error(`error: the text cannot be read: ${messageOf(error)}`),
    )
  const given = words.join(' ')
  if (given !== '' && given !== '-') return given
  if (given === '' && file === undefined && process.stdin.isTTY)
    return optional
      ? ''
      : command.error('error: there is no text: give it on the command line, with --file, or on standard input.')
  return all(addAbortSignal(signal, process.stdin)).catch((error: unknown) => {
    signal.throwIfAborted()
    throw error
  })
}
