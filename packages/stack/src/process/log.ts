import { readFileSync } from 'node:fs'

/** The end of a log as a sentence for an error: the file's name and its last lines. */
export const tailOf = (file: string, lines = 8): string => {
  try {
    const end = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n  ')
    return end === '' ? `Its log ${file} is empty.` : `Its log ${file} ends with:\n  ${end}`
  } catch {
    return `It left no log at ${file}.`
  }
}
