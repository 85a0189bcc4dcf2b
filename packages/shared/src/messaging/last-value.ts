import type { GetMessage } from 'amqplib'
import type { ValueContract } from '../contracts/index.ts'
import { ContractError } from '../errors/index.ts'
import { type Connected, rpc } from './connection.ts'
import { decode } from './envelope.ts'
import type { Link } from './link.ts'

/**
 * The value in a queue, which stays there; undefined when there is none.
 * @throws ContractError when what is there is none of this contract; UnavailableError when RabbitMQ does not answer
 */
export const lastValue = async (
  link: Link,
  queue: string,
  contract: ValueContract,
  signal?: AbortSignal,
): Promise<unknown> => {
  for (;;) {
    const connected = await link.available(signal)
    try {
      return await readOn(connected, queue, contract)
    } catch (error) {
      // A connection that was lost meanwhile says nothing of the value: it is read again on the next one.
      if (!connected.lost.aborted) throw error
    }
  }
}

const readOn = async (connected: Connected, queue: string, contract: ValueContract): Promise<unknown> => {
  const channel = await rpc(connected, 'opening a channel', connected.model.createChannel())
  channel.on('error', () => {})
  try {
    let last: GetMessage | undefined
    // One at most by policy; where that was just put into force again there may be more, oldest first.
    for (;;) {
      const message = await rpc(connected, 'reading a value', channel.get(queue))
      if (message === false) break
      last = message
    }
    if (last === undefined) return undefined
    const decoded = decode(contract, last)
    if (!decoded.ok) throw new ContractError(`The value in ${queue} cannot be read: ${decoded.reason}.`)
    return decoded.body
  } finally {
    // Closing hands back what was read.
    await rpc(connected, 'closing a channel', channel.close()).catch(() => {})
  }
}
