import { describe, expect, it } from 'vitest'
import { PlatformId, type Turn } from '@surepost/shared/contracts'
import { whyNot } from '../../src/rules/eligibility.ts'
import { isInLanguages } from '../../src/rules/language.ts'
import { isOptOut } from '../../src/rules/opt-out.ts'
import { commandFor, NOW } from '../support/mention.ts'

const why = (...more: Parameters<typeof commandFor>): string | null => whyNot(commandFor(...more), NOW)
const turns = (...authors: readonly string[]): Turn[] =>
  authors.map((author, n) => ({ platformId: PlatformId.parse(`190000000000000000${n}`), author, text: 'hm' }))

describe('a mention', () => {
  it('that is fresh and asks something is answered', () => {
    expect(why()).toBeNull()
  })
  it('of our own is not', () => {
    expect(why({ mention: { author: 'Ada' } })).toBe('ourselves')
  })
  it('of another account of ours is not: the two would answer each other for ever', () => {
    expect(why({ context: { authorIsOurs: true } })).toBe('own_account')
  })
  it('of somebody who wants no answers is not, whatever it says', () => {
    expect(why({ context: { authorOptedOut: true } })).toBe('opted_out')
    expect(why({ mention: { text: '@ada STOP' } })).toBe('opted_out')
  })
  it('of somebody who is not on the list is not, when there is one', () => {
    expect(why({ rules: { onlyPeople: ['Bob'] } })).toBeNull()
    expect(why({ rules: { onlyPeople: ['carol'] } })).toBe('not_allowed')
  })
  it('that another account of ours answers is not', () => {
    expect(why({ context: { answeredBy: commandFor().account } })).toBe('answered_by_another_account')
  })
  it('that is older than its account allows is not', () => {
    expect(why({ mention: { createdAt: '2025-12-31T12:00:00.001Z' } })).toBeNull()
    expect(why({ mention: { createdAt: '2025-12-31T12:00:00.000Z' } })).toBe('stale')
    expect(why({ rules: { freshHours: 0.5 } })).toBe('stale')
  })
  it.each(['@ada @bob', '@ada 🔥🔥', '@ada https://example.org/x'])('that says nothing (%j) is not', (text) => {
    expect(why({ mention: { text } })).toBe('nothing_to_answer')
  })
  it('whose page could not be read is not: how deep its conversation is, is not known', () => {
    const { conversation: _, ...mention } = commandFor().mention
    expect(whyNot({ ...commandFor(), mention }, NOW)).toBe('not_readable')
  })
  it.each([
    ['Lottery', '@ada the lottery is on'],
    ['free money', '@ada get FREE, money'],
    ['博彩', '@ada 最好的博彩网站'],
  ])('with the blocked word %j is not', (word, text) => {
    expect(why({ mention: { text }, rules: { blockedWords: [word] } })).toBe('blocked_word')
    expect(why({ mention: { text: '@ada lotteryish freedom' }, rules: { blockedWords: [word] } })).toBeNull()
  })
  it('in a language that is not answered is not', () => {
    expect(why({ mention: { text: '@ada работает ли это?' }, rules: { languages: ['en'] } })).toBe('language')
    expect(why({ mention: { text: '@ada работает ли это?' }, rules: { languages: ['en', 'ru'] } })).toBeNull()
  })
  it('deep in a conversation is not: our answers above it count, the post that it began with does not', () => {
    const conversation = turns('ada', 'bob', 'ada', 'bob', 'grace')
    const context = { ourHandles: ['Ada', 'Grace'] }
    expect(why({ mention: { conversation }, context, rules: { maxDepth: 3 } })).toBeNull()
    expect(why({ mention: { conversation }, context, rules: { maxDepth: 2 } })).toBe('conversation_too_deep')
  })
  it('of somebody who had the answers of the day is not', () => {
    expect(why({ context: { answersToAuthor: 2 } })).toBeNull()
    expect(why({ context: { answersToAuthor: 3 } })).toBe('person_limit')
  })
})

describe('the wish to be left alone', () => {
  it.each([
    '@ada STOP',
    'please stop.',
    'stop it, bot',
    '@ada unsubscribe',
    '@ada opt-out',
    'I would like to opt out of these answers, thank you',
    'I never asked for this, so stop replying to me please',
    'Please don’t ever message me again, whoever you are',
    'Would you please leave me alone from now on',
    'Arrêtez !',
    'laissez-moi tranquille maintenant, vraiment',
    'aufhören',
    'Bitte lass mich in Ruhe mit deinen Antworten',
    'basta',
    'déjame en paz de una vez por todas',
    'não me responda mais nunca, por favor',
    'стоп',
    'не пишите мне больше никогда, пожалуйста',
    'やめて',
    'もう私に返信しないでください',
    '请不要再回复我的帖子了',
    '그만',
    'توقف',
  ])('is seen in %j', (text) => {
    expect(isOptOut(text)).toBe(true)
  })
  it.each([
    'nonstop fun',
    'stopwatch?',
    'es para ti',
    '@ada how do I stop the service without losing work?',
    'the bus stop is right beside your office, is it not',
    'what happens when I press stop while it publishes?',
    'basta con instalar el paquete y reiniciar todo?',
    'does it leave me with two copies?',
  ])('is not seen in %j', (text) => {
    expect(isOptOut(text)).toBe(false)
  })
})

describe('a language', () => {
  it.each([
    ['Привет, как дела?', ['en'], false],
    ['does it support Кириллица too?', ['en'], true],
    ['これは日本語です', ['ja'], true],
    ['これは日本語です', ['zh'], false],
    ['这是中文', ['zh'], true],
    ['한국어 됩니까', ['ja', 'ko'], true],
    ['مرحبا كيف الحال', ['fa'], true],
    ['1234 ?!', ['ru'], true],
    ['anything', [], true],
    ['@ada_builds да?', ['ru'], true],
  ])('of %j among %j: %j', (text, languages, expected) => {
    expect(isInLanguages(text, languages)).toBe(expected)
  })
})
