/**
 * Counts as people write them: `48`, `30,142`, `25.6K`, `2.5M`, `1,2 Mio.`, `3,4 mil`, `1.2万`, `٣٫٤ ألف`. What the
 * suffixes of a language mean comes from the Unicode CLDR that Node carries (`Intl.NumberFormat`, compact notation).
 */

// The languages whose suffixes are tried when a page does not say its own; where two disagree ("mil", "M") the earlier wins.
// prettier-ignore
const LANGUAGES = [
  'en', 'es', 'pt', 'de', 'fr', 'ja', 'zh-CN', 'zh-TW', 'ko', 'ru', 'uk', 'pl', 'it', 'nl', 'sv', 'da', 'nb', 'fi', 'el', 'hi', 'bn', 'ar',
  'fa', 'vi', 'id', 'cs', 'sk', 'hr', 'hu', 'ro', 'tr', 'en-IN',
] as const

// Written on X's pages though CLDR has another form.
// prettier-ignore
const ALSO: readonly (readonly [string, number])[] = [
  ['tsd', 1e3], ['mila', 1e3], ['mille', 1e3], ['mln', 1e6], ['mld', 1e9], ['mrd', 1e9], ['bn', 1e9], ['萬', 1e4], ['億', 1e8], ['crore', 1e7], ['lakh', 1e5],
]

// The zeros of the decimal digits that CLDR's languages use: Arabic, Persian, Devanagari, Bengali, Thai, full-width.
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10] as const

const asciiDigits = (text: string): string =>
  text.replaceAll(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) ?? 0
    const zero = ZEROS.find((start) => point >= start && point < start + 10)
    return zero === undefined ? digit : String(point - zero)
  })

const bareSuffix = (suffix: string): string => suffix.replaceAll(/[\u200e\u200f.॰]/gu, '')

const suffixesOf = (language: string): ReadonlyMap<string, number> => {
  const format = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 0 })
  const found = new Map<string, number>()
  for (let power = 3; power <= 12; power += 1) {
    const parts = format.formatToParts(10 ** power)
    const suffix = bareSuffix(parts.find((part) => part.type === 'compact')?.value ?? '')
    const shown = Number(
      asciiDigits(
        parts
          .filter((part) => part.type === 'integer')
          .map((part) => part.value)
          .join(''),
      ),
    )
    if (suffix !== '' && !found.has(suffix)) found.set(suffix, Math.round(10 ** power / shown))
  }
  return found
}

const anySuffixes: ReadonlyMap<string, number> = new Map([
  ...LANGUAGES.toReversed().flatMap((language) => [...suffixesOf(language)]),
  ...ALSO,
])

const languageSuffixes = new Map<string, ReadonlyMap<string, number>>()
const suffixesFor = (language: string): ReadonlyMap<string, number> => {
  const known = languageSuffixes.get(language)
  if (known) return known
  const made =
    Intl.NumberFormat.supportedLocalesOf([language]).length > 0 ? suffixesOf(language) : new Map<string, number>()
  if (languageSuffixes.size < 100) languageSuffixes.set(language, made)
  return made
}

/** The multiplier that a word after a number stands for; whole word, or its beginning where words are not spaced. */
const multiplierOf = (word: string, language: string | undefined): number | undefined => {
  const bare = bareSuffix(word)
  if (bare === '') return undefined
  for (const suffixes of language === undefined ? [anySuffixes] : [suffixesFor(language), anySuffixes]) {
    const exact =
      suffixes.get(bare) ?? [...suffixes].find(([suffix]) => suffix.toLowerCase() === bare.toLowerCase())?.[1]
    if (exact !== undefined) return exact
    const unspaced = [...suffixes].filter(
      ([suffix]) => /^[\p{sc=Han}\p{sc=Hangul}]/u.test(suffix) && bare.startsWith(suffix),
    )
    const longest = unspaced.toSorted(([a], [b]) => b.length - a.length)[0]
    if (longest) return longest[1]
  }
  return undefined
}

const NUMBER = /\d+(?:[.,٫٬'’\s]\d+)*/u
const GROUPED = /^\d{1,3}(?:([.,٬'’\s])\d{3})(?:\1\d{3})*$|^\d{1,3}(?:,\d{2})+,\d{3}$/u
const DECIMAL = /^(\d+(?:[.,٬'’\s]\d{3})*)[.,٫](\d{1,2})$/u

const digitsOf = (text: string): number => Number(text.replaceAll(/\D/gu, ''))

/**
 * The word after a number, when it can be a suffix of it: it belongs to the number, ends the text or follows a decimal.
 * A word between a whole number and further words is what is counted ("3 Mi piace" is three, not three millions).
 */
const suffixAfter = (rest: string, isDecimal: boolean): string => {
  const [, space = '', word = '', more = ''] =
    /^([\s\u200e\u200f]*)([\p{L}\p{M}][\p{L}\p{M}.॰]*)?(.*)$/su.exec(rest) ?? []
  return space === '' || isDecimal || more.trim() === '' ? word : ''
}

/**
 * The first count in a text, `null` when there is none or it cannot be one (a bare "1.2"). A number with a suffix is as
 * exact as the page shows it.
 *
 * @param language the page's language (BCP 47) when it is known: "2,5 M" is milliards in Indonesian
 */
export const parseCount = (text: string, language?: string): number | null => {
  const plain = asciiDigits(text)
  const match = NUMBER.exec(plain)
  if (!match) return null
  const number = match[0]
  const isWhole = /^\d+$/u.test(number) || GROUPED.test(number)
  const multiplier = multiplierOf(suffixAfter(plain.slice(match.index + number.length), !isWhole), language)
  if (isWhole) return digitsOf(number) * (multiplier ?? 1)
  const [, whole = '', part = ''] = DECIMAL.exec(number) ?? []
  if (multiplier === undefined || whole === '') return null
  return Math.round(Number(`${digitsOf(whole)}.${part}`) * multiplier)
}
