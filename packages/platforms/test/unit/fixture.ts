import { readFileSync } from 'node:fs'

/** A page of `test/fixtures`, all in the structure that X's pages have. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}.html`, import.meta.url), 'utf8')
