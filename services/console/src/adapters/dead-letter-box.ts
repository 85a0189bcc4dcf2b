import type { DeadLetter, DeadLetters } from '@surepost/shared/messaging'
import { aborted } from '@surepost/shared/runtime'
import type { LetterAnswer, LetterHead } from '../api/shapes.ts'
import type { DeadLetterBox } from '../ports.ts'

const headOf = (letter: DeadLetter): LetterHead => ({
  id: letter.id,
  type: letter.type,
  queue: letter.queue,
  reason: letter.reason,
  attempts: letter.attempts,
  at: letter.at ?? null,
  firstSeen: letter.firstSeen ?? null,
  correlationId: letter.correlationId ?? null,
  size: letter.content.length,
})

/** Bytes that are no UTF-8 would be shown as others than they are; they are no JSON either. */
const jsonOf = (content: Buffer): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)) }
  } catch {
    return undefined
  }
}

const letterOf = (letter: DeadLetter): LetterAnswer => {
  const json = jsonOf(letter.content)
  return {
    ...headOf(letter),
    stack: letter.stack ?? null,
    encoding: json === undefined ? 'base64' : 'json',
    body: json === undefined ? letter.content.toString('base64') : json.value,
  }
}

/** Whoever asked waits no longer than the signal says; what was begun in RabbitMQ is brought to its end. */
const until = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([work, aborted(signal).then(() => Promise.reject(signal.reason))])

/** The dead queues as the API shows them. */
export const deadLetterBox = (letters: DeadLetters): DeadLetterBox => ({
  queues: letters.queues,
  counts: ({ signal }) => until(signal, letters.counts()),
  list: async (queue, limit, { signal }) => (await until(signal, letters.list(queue, limit))).map(headOf),
  async get(queue, id, { signal }) {
    const letter = await until(signal, letters.get(queue, id))
    return letter === undefined ? undefined : letterOf(letter)
  },
  replay: (queue, which, { signal }) => until(signal, letters.replay(queue, which)),
  replayEdited: (queue, id, edited, { signal }) => until(signal, letters.replayEdited(queue, id, edited)),
  discard: (queue, which, { signal }) => until(signal, letters.discard(queue, which)),
})
