import { entitiesX, normalText } from '@surepost/platforms'
import { likeness, repeats, wordIn } from '../rules/words.ts'

/** What is wrong with a draft: a name for the record, and words for the model that is asked again. */
export interface Fault {
  readonly code: 'too_long' | 'link' | 'handle' | 'secret' | 'leak' | 'blocked_word' | 'near_duplicate'
  readonly say: string
}

export interface DraftBounds {
  readonly author: string
  readonly handle: string
  readonly blockedWords: readonly string[]
  /** Texts that our accounts said already, to anybody. */
  readonly earlier: readonly string[]
  /** The prompt that was given, which nobody is to read. */
  readonly instructions: string
  readonly measure: (text: string) => { readonly length: number; readonly limit: number }
}

/** Two answers that share so many of their pairs of words say the same. */
const ALIKE = 0.7
/** So many words in a row are no accident. */
const LEAKED_WORDS = 7

/** Addresses that are written so that no platform makes a link of them, and e-mail addresses. */
const DISGUISED =
  /h(?:tt|xx)ps?\s*:|www\.|\S+@\S+\.\p{L}{2,}|[\p{L}\d]\s*(?:\[\.\]|\(\.\)|\[dot\]|\(dot\))\s*[\p{L}\d]|[\p{L}\d]\s+dot\s+(?:com|net|org|io|co|xyz|info|app|dev|me)(?!\p{L})/iu
/** Runs that look like a key or a card number: long, and of digits or of letters and digits mixed. */
const SECRET =
  /\b(?:\d[ -]?){9,}\d\b|\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}\b|\bsk-[A-Za-z0-9_-]{8,}/u

type Check = (text: string, bounds: DraftBounds) => Fault | null
const fault = (code: Fault['code'], say: string): Fault => ({ code, say })

const CHECKS: readonly Check[] = [
  (text, { measure }) => {
    const { length, limit } = measure(text)
    return length > limit ? fault('too_long', `It is too long (${length} of ${limit}); write less.`) : null
  },
  (text) =>
    entitiesX(text).links.length > 0 || DISGUISED.test(text)
      ? fault('link', 'It has a link or an address, which is not allowed.')
      : null,
  (text, { author, handle }) => {
    const allowed = [author, handle].map((one) => one.toLowerCase())
    return entitiesX(text).handles.every((one) => allowed.includes(one.toLowerCase()))
      ? null
      : fault('handle', `It names somebody; only @${author} may be named.`)
  },
  (text) => (SECRET.test(text) ? fault('secret', 'It has a number or a code, which is not allowed.') : null),
  (text, { instructions }) =>
    repeats(text, instructions, LEAKED_WORDS)
      ? fault('leak', 'It repeats the instructions, which nobody is to read.')
      : null,
  (text, { blockedWords }) => {
    const word = wordIn(text, blockedWords)
    return word === undefined ? null : fault('blocked_word', `It has the word "${word}", which is not used.`)
  },
  (text, { earlier }) =>
    earlier.some((other) => likeness(text, other) >= ALIKE)
      ? fault('near_duplicate', 'Nearly the same was answered before; say it in other words.')
      : null,
]

/** What is wrong with a draft, whoever wrote it and whatever it was told; null when nothing is. */
export const faultOf = (text: string, bounds: DraftBounds): Fault | null => {
  const shown = normalText(text)
  for (const check of CHECKS) {
    const found = check(shown, bounds)
    if (found !== null) return found
  }
  return null
}
