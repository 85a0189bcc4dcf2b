import { describe, expect, it } from 'vitest'
import { StepError, resetOf, step } from '../../src/x/driver.ts'

const never = (): Promise<never> => new Promise(() => undefined)
const open = new AbortController().signal

const fail = async (): Promise<void> => {
  throw new Error('Timeout 10 ms exceeded.\nCall log:\n  - secret')
}

describe('a step with the browser', () => {
  it('gives what the browser gave', async () => {
    expect(await step('ask', 1_000, open, async () => 42)).toBe(42)
  })

  it('ends at its deadline and names itself', async () => {
    await expect(step('click submit', 10, open, never)).rejects.toThrow(
      new StepError('click submit: no answer within 10 ms'),
    )
  })

  it('ends with the caller', async () => {
    const controller = new AbortController()
    const waiting = step('click submit', 60_000, controller.signal, never)
    controller.abort()
    await expect(waiting).rejects.toThrow(new StepError('click submit: stopped'))
  })

  it('does not begin for a caller that has ended', async () => {
    let begun = false
    const run = async (): Promise<void> => void (begun = true)
    await expect(step('click submit', 1_000, AbortSignal.abort(), run)).rejects.toThrow(StepError)
    expect(begun).toBe(false)
  })

  it('keeps the first line of what went wrong', async () => {
    await expect(step('click submit', 1_000, open, fail)).rejects.toThrow(
      new StepError('click submit: Timeout 10 ms exceeded.'),
    )
  })
})

describe('the end of a limit', () => {
  const seconds = (ms: number): string => String(Math.round(ms / 1_000))

  it('is when the platform says', () => {
    const at = Date.now() + 900_000
    expect(resetOf({ 'x-rate-limit-reset': seconds(at) })?.getTime()).toBeCloseTo(at, -4)
  })
  it.each([
    ['nothing', ''],
    ['no number', 'soon'],
    ['milliseconds, which are 50,000 years from now', String(Date.now())],
    ['what no date holds', '9e99'],
    ['more than a day', seconds(Date.now() + 26 * 3_600_000)],
  ])('is not known from %s', (_, value) => {
    expect(resetOf({ 'x-rate-limit-reset': value })).toBeNull()
  })
})
