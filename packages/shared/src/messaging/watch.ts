import type { Logger } from 'pino'
import { FACTS, type FactContract } from '../contracts/index.ts'
import { decode } from './envelope.ts'
import { type InboxOptions, jsonReceiver } from './inboxes.ts'
import { FACTS_EXCHANGE } from './topology.ts'
import type { RecordedFact } from './types.ts'

const EVERY_KEY = ['#']

/**
 * What makes an inbox one of facts from now on, for live views. One that cannot be read is passed over.
 * @param only of these kinds; all, unless said otherwise
 */
export const ofFacts = (
  log: Logger,
  receive: (fact: RecordedFact) => void,
  only?: readonly FactContract[],
): Required<Pick<InboxOptions, 'bind' | 'receive'>> => ({
  bind: async (channel, queue) => {
    for (const key of only?.map(({ type }) => type) ?? EVERY_KEY) await channel.bindQueue(queue, FACTS_EXCHANGE, key)
  },
  receive: jsonReceiver(log, (_, message) => {
    const { type, messageId } = message.properties
    const contract = FACTS.find((fact) => fact.type === type)
    const decoded = contract === undefined ? undefined : decode(contract, message)
    if (decoded?.ok === true) receive({ id: String(messageId), type: String(type), body: decoded.body })
    else log.warn({ id: messageId }, 'a fact could not be read by a live view; its consumers park it')
  }),
})
