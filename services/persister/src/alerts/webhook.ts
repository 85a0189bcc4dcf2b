import type { Word } from '@surepost/shared/alerts'
import { alertKindOf } from '@surepost/shared/contracts'
import { TransientError } from '@surepost/shared/errors'
import { linkedSignal } from '@surepost/shared/runtime'

const ANSWER_MS = 10_000

export interface Webhook {
  /** @throws TransientError when it did not take it; what the message says is safe to log */
  tell(word: Word, signal: AbortSignal): Promise<void>
}

const MARKS = { critical: ':red_circle:', warning: ':large_orange_circle:', info: ':large_blue_circle:' } as const

/** One word about an alert in the markup of Slack, which others (Mattermost, Discord's `/slack`) take as well. */
export const textOf = (word: Word): string => {
  const name = alertKindOf(word.key)?.name ?? word.key
  if (word.said === 'cleared') return `:large_green_circle: *${name}* is over (\`${word.key}\`, ${word.at})`
  const { severity, sentence, runbook } = word
  const more = runbook == null ? '' : `\n${runbook}`
  return `${MARKS[severity]} *${name}* ${severity} (\`${word.key}\`, since ${word.at})\n${escaped(sentence)}${more}`
}

// "Formatting text for app surfaces" of Slack's documentation: these three and no others.
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A Slack-compatible incoming webhook. @param url a secret: it is in no log, no error and no metric */
export const webhookAt = (url: string): Webhook => ({
  async tell(word, signal) {
    using ends = linkedSignal(signal, AbortSignal.timeout(ANSWER_MS))
    let status: number
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: textOf(word) }),
        redirect: 'error',
        signal: ends.signal,
      })
      await response.body?.cancel()
      status = response.status
    } catch (error) {
      signal.throwIfAborted()
      // Neither the error nor its cause: they may quote the address.
      const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code
      throw new TransientError(`The webhook did not answer (${typeof code === 'string' ? code : 'no answer in time'}).`)
    }
    if (status < 200 || status > 299) throw new TransientError(`The webhook answered HTTP ${status}.`)
  },
})
