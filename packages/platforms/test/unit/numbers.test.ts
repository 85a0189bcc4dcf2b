import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCount } from '../../src/index.ts'

describe('reading a count', () => {
  it.each([
    ['553', 553],
    ['0', 0],
    ['30,142', 30_142],
    ['30.142', 30_142],
    ['30 142 vues', 30_142],
    ["1'234'567", 1_234_567],
    ['12,34,567', 1_234_567],
    ['48 Replies. Reply', 48],
    ['2596467 views. View post analytics', 2_596_467],
    ['25.6K', 25_600],
    ['2.5M', 2_500_000],
    ['1B', 1_000_000_000],
    ['1,2 Mio.', 1_200_000],
    ['25,6 Tsd.', 25_600],
    ['3,4 mil', 3_400],
    ['2,5 mi', 2_500_000],
    ['1,2 k', 1_200],
    ['2,5 M', 2_500_000],
    ['1,2 Md', 1_200_000_000],
    ['1.2万', 12_000],
    ['3億', 300_000_000],
    ['1.2만', 12_000],
    ['3천', 3_000],
    ['1.2万件の表示', 12_000],
    ['25,6 тыс.', 25_600],
    ['1,2 млн', 1_200_000],
    ['12 tys.', 12_000],
    ['2,5 mln', 2_500_000],
    ['٣٫٤ ألف', 3_400],
    ['۱٫۲ میلیون', 1_200_000],
    ['1.2 लाख', 120_000],
    ['3 Mi piace', 3],
    ['25.6K Likes. Like', 25_600],
    ['25,6 mil Me gusta', 25_600],
  ])('%s is %i', (text, count) => {
    expect(parseCount(text)).toBe(count)
  })

  it.each([
    ['2,5 jt', 'id', 2_500_000],
    ['1,2 M', 'id', 1_200_000_000],
    ['1,2 B', 'tr', 1_200],
    ['3,4 mil.', 'cs', 3_400_000],
    ['3,4 mil.', 'ro', 3_400_000],
  ])('%s in %s is %i', (text, language, count) => {
    expect(parseCount(text, language)).toBe(count)
  })

  it.each(['', 'Bookmark', 'Gefällt mir', '1.2', '12,5', '—'])('%j is none', (text) => {
    expect(parseCount(text)).toBeNull()
  })

  it('reads every whole number, however it is grouped', () => {
    const languages = fc.constantFrom('en', 'de', 'fr', 'ja', 'ru', 'hi', 'ar-EG', 'fa', 'bn', 'de-CH')
    fc.assert(
      fc.property(fc.nat({ max: 2_000_000_000 }), languages, (count, language) => {
        expect(parseCount(new Intl.NumberFormat(language).format(count), language)).toBe(count)
      }),
    )
  })

  it('reads what a language’s own short form says, to its precision', () => {
    const languages = fc.constantFrom(
      'en',
      'de',
      'es',
      'pt',
      'fr',
      'it',
      'nl',
      'ja',
      'zh-CN',
      'ko',
      'ru',
      'pl',
      'sv',
      'tr',
      'id',
      'hi',
      'ar',
      'fa',
      'cs',
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), languages, (count, language) => {
        const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(count)
        const read = parseCount(short, language)
        expect(Math.abs((read ?? Number.NaN) - count)).toBeLessThanOrEqual(Math.max(0.5, count * 0.06))
      }),
    )
  })
})
