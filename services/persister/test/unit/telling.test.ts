import { AlertsTold } from '@surepost/shared/contracts'
import { describe, expect, it } from 'vitest'
import type { Word } from '@surepost/shared/alerts'
import { type Told, decideTelling, mergeTold } from '../../src/alerts/telling.ts'
import { textOf, webhookAt } from '../../src/alerts/webhook.ts'

const HOUR = 3_600_000
const at = (ms: number): string => new Date(Date.parse('2026-11-25T12:00:00.000Z') + ms).toISOString()
const raisedAt = (ms: number): Word => ({
  said: 'raised',
  at: at(ms),
  key: 'database:away',
  severity: 'critical',
  sentence: 'a < b & c',
  runbook: 'docs/RUNBOOK.md#database-away',
})
const clearedAt = (ms: number): Word => ({ said: 'cleared', at: at(ms), key: 'database:away' })
const after = (...words: readonly Word[]) => {
  let last: Told | undefined
  return words.map((word) => {
    const { tell, told } = decideTelling(last, word)
    last = told
    return tell
  })
}

describe('people', () => {
  it('are told of the first raising and of its end, not of repeats', () => {
    expect(after(raisedAt(0), raisedAt(1), raisedAt(HOUR), clearedAt(2 * HOUR), clearedAt(3 * HOUR))).toEqual([
      true,
      false,
      false,
      true,
      false,
    ])
  })
  it('are told anew when it comes back, and reminded after a day of what stands', () => {
    expect(after(raisedAt(0), clearedAt(1), raisedAt(2), raisedAt(2 + 24 * HOUR))).toEqual([true, true, true, true])
  })
  it('are not told of a raising that its end has overtaken, nor of the end of what they were not told of', () => {
    expect(after(clearedAt(5), raisedAt(1))).toEqual([false, false])
    expect(after(raisedAt(0), clearedAt(9), raisedAt(3))).toEqual([true, true, false])
  })
})

describe('what was told', () => {
  it('is remembered by its last word, and fits its place however much there was', () => {
    const many = Array.from(
      { length: 3_000 },
      (_, n): Told => ({ key: `k${n}`, said: n % 2 ? 'raised' : 'cleared', at: at(n) }),
    )
    const told = mergeTold(many, [{ key: 'k2999', said: 'cleared', at: at(5_000) }])
    expect(AlertsTold.body.safeParse({ told }).success).toBe(true)
    expect(told.find(({ key }) => key === 'k2999')?.said).toBe('cleared')
  })
})

describe('the webhook', () => {
  it('gets the name, the sentence in its markup and the runbook', () => {
    expect(textOf(raisedAt(0))).toMatch(
      /\*database-away\* critical[^]*a &lt; b &amp; c\ndocs\/RUNBOOK\.md#database-away$/,
    )
    expect(textOf(clearedAt(0))).toContain('*database-away* is over')
  })
  it('is in no error, whatever goes wrong with it', async () => {
    const error: unknown = await webhookAt('http://127.0.0.1:1/services/the-secret')
      .tell(raisedAt(0), new AbortController().signal)
      .catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('The webhook did not answer')
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret')
  })
})
