import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureX, normalText, sameText, textHash } from '../../src/index.ts'
import { withoutMentions } from '../../src/x/text.ts'

const word = fc.stringMatching(/^[a-zA-Zа-яäöüßéñ]{1,12}$/u)
const words = fc.array(word, { minLength: 1, maxLength: 12 })

describe('the normal form of a text', { timeout: 60_000 }, () => {
  it.each([
    ['white space', 'one  two\n\n three ', 'one two three'],
    ['scheme, www. and the case of a host', 'see HTTPS://www.Example.COM/Path/', 'see example.com/Path'],
    ['entities', 'fish &amp; chips &lt;now&gt;', 'fish & chips <now>'],
    ['how a letter is composed', 'cafe\u0301', 'café'],
    ['variation selectors', 'I \u2764\ufe0f it', 'I \u2764 it'],
    ['unseen characters', 'a\u200bb\u00adc\u200e', 'abc'],
  ])('does not depend on %s', (_what, text, normal) => {
    expect(normalText(text)).toBe(normal)
  })

  it('is its own normal form', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => normalText(normalText(text)) === normalText(text)))
  })

  it('keeps what makes texts different: words, case, punctuation, emoji, paths', () => {
    for (const [a, b] of [
      ['yes', 'Yes'],
      ['one two', 'onetwo'],
      ['done.', 'done!'],
      ['👍', '👎'],
      ['👍🏽', '👍🏿'],
      ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
      ['https://example.com/a', 'https://example.com/A'],
      ['https://example.com/?q=1', 'https://example.com/?q=2'],
      ['part 1', 'part 2'],
    ] as const) {
      expect(normalText(a)).not.toBe(normalText(b))
      expect(sameText(a, b)).toBe(false)
      expect(textHash(a)).not.toBe(textHash(b))
    }
  })
})

describe('comparing what was sent with what is shown', { timeout: 60_000 }, () => {
  it('knows an address whose end is not shown', () => {
    expect(sameText('go https://www.example.com/a/long/path?x=1 now', 'go example.com/a/lo… now')).toBe(true)
    expect(sameText('go https://example.com/a/long/path now', 'go example.com/b/lo… now')).toBe(false)
    expect(sameText('go https://example.com/a/long/path now', 'go example.com/a/lo… never')).toBe(false)
  })

  it('knows that a card stands for the last address', () => {
    expect(sameText('A harbour at dawn https://example.com/dawn', 'A harbour at dawn')).toBe(true)
    expect(sameText('A harbour https://example.com/dawn at dawn', 'A harbour at dawn')).toBe(false)
    expect(sameText('A harbour at dawn', 'A harbour at dawn https://example.com/dawn')).toBe(false)
    expect(sameText('https://example.com/dawn', '')).toBe(false)
  })

  it('takes the beginning of a long text for it only when enough of it is shown', () => {
    const long = 'All the boats of the harbour, one after another. '.repeat(9)
    expect(sameText(long, `${long.slice(0, 270).trim()}…`)).toBe(true)
    expect(sameText(long, `${long.slice(0, 80).trim()}…`)).toBe(false)
    expect(sameText(long, `${long.slice(0, 260)} Another end…`)).toBe(false)
    expect(sameText(long.slice(0, 250), `${long.slice(0, 270).trim()}…`)).toBe(false)
  })

  it('takes an ellipsis that was written for what it is', () => {
    expect(sameText('wait…', 'wait…')).toBe(true)
    expect(sameText('wait for it', 'wait…')).toBe(false)
    expect(sameText('see example.com…', 'see example.com…')).toBe(true)
  })

  it('never takes one text for another whose words differ', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        fc.pre(a.join(' ').normalize('NFC') !== b.join(' ').normalize('NFC'))
        expect(sameText(a.join(' '), b.join(' '))).toBe(false)
      }),
    )
  })

  it('never takes a text for itself with one word more, less or other', () => {
    fc.assert(
      fc.property(words, fc.nat(), word, fc.constantFrom('add', 'drop', 'change'), (text, at, other, how) => {
        const n = at % text.length
        const changed = text.toSpliced(n, how === 'add' ? 0 : 1, ...(how === 'drop' ? [] : [other]))
        fc.pre(changed.join(' ').normalize('NFC') !== text.join(' ').normalize('NFC'))
        expect(sameText(text.join(' '), changed.join(' '))).toBe(false)
      }),
    )
  })

  it('drops the mentions that an answer begins with, and no others', () => {
    expect(withoutMentions('@anna @bob_2 hello @carl')).toBe('hello @carl')
    expect(withoutMentions('hello @anna')).toBe('hello @anna')
  })
})

describe('the weighted length', () => {
  it.each([
    ['', 0],
    ['hello', 5],
    ['世界', 4],
    ['👨‍👩‍👧', 2],
    ['see https://example.com/a/very/long/address/that/counts/as/one', 27],
  ])('of %j is %i', (text, length) => {
    expect(measureX(text)).toEqual({ length, limit: 280 })
  })
})
