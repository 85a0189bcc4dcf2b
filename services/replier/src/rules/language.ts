/**
 * The scripts that a language is written in, by its ISO 639-1 code. What is not here is written in Latin letters. A
 * mention is too short for statistics about its letters to be right (trigram detectors guess below some fifty
 * characters), while its script is certain: the rule keeps Cyrillic, Arabic or Japanese from an account that speaks
 * English, and leaves telling English from German to the model, which answers in the language of the mention.
 */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  ru: ['Cyrillic'],
  uk: ['Cyrillic'],
  bg: ['Cyrillic'],
  be: ['Cyrillic'],
  mk: ['Cyrillic'],
  sr: ['Cyrillic', 'Latin'],
  el: ['Greek'],
  ar: ['Arabic'],
  fa: ['Arabic'],
  ur: ['Arabic'],
  he: ['Hebrew'],
  yi: ['Hebrew'],
  hi: ['Devanagari'],
  mr: ['Devanagari'],
  ne: ['Devanagari'],
  bn: ['Bengali'],
  pa: ['Gurmukhi', 'Arabic'],
  gu: ['Gujarati'],
  ta: ['Tamil'],
  te: ['Telugu'],
  kn: ['Kannada'],
  ml: ['Malayalam'],
  si: ['Sinhala'],
  th: ['Thai'],
  lo: ['Lao'],
  km: ['Khmer'],
  my: ['Myanmar'],
  ka: ['Georgian'],
  hy: ['Armenian'],
  am: ['Ethiopic'],
  ja: ['Han', 'Hiragana', 'Katakana'],
  zh: ['Han'],
  ko: ['Hangul', 'Han'],
}

const LATIN: readonly string[] = ['Latin']

/** Handles and addresses are in Latin letters whatever the language. */
const said = (text: string): string => text.replaceAll(/@\w+|https?:\/\/\S+/g, ' ')

/** Whether at least half of a text's letters are of a script that one of these languages is written in. */
export const isInLanguages = (text: string, languages: readonly string[]): boolean => {
  if (languages.length === 0) return true
  const letters = said(text).match(/\p{L}/gu)?.length ?? 0
  if (letters === 0) return true
  const scripts = [...new Set(languages.flatMap((language) => SCRIPTS[language] ?? LATIN))]
  const allowed = new RegExp(`[${scripts.map((script) => `\\p{Script=${script}}`).join('')}]`, 'gu')
  // Kana without a Han character is Japanese and nothing else, and a text with kana is not Chinese.
  if (!scripts.includes('Hiragana') && /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(said(text))) return false
  return (said(text).match(allowed)?.length ?? 0) * 2 >= letters
}
