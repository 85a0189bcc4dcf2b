import { z } from 'zod'
import { COMMANDS, type Contract, FACTS } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { Problem, invalid } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { LetterId, QueueParams, noSuchLetter, requireQueue } from './known-queue.ts'

const Replayed = z.object({
  /** The new message's. */
  id: z.string(),
  /** The letter that it was made from; it is still there. */
  original: z.string(),
})

const CONTRACTS: ReadonlyMap<string, Contract> = new Map([...COMMANDS, ...FACTS].map((c) => [c.type, c]))

/** @throws Problem `conflict` for a type that nobody would take; `invalid`, naming what its contract does not allow */
const checked = (type: string, body: unknown): { readonly content: Buffer; readonly version: number } => {
  const contract = CONTRACTS.get(type)
  if (contract === undefined)
    throw new Problem('conflict', `Nothing takes messages of the type "${type}", whatever their body; discard it.`)
  const parsed = contract.body.safeParse(body)
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.map(({ path, message }) => ({ path: ['body', ...path].map(String).join('.'), message })),
    )
  return { content: Buffer.from(JSON.stringify(parsed.data)), version: contract.version }
}

export const replayEdited = (ports: Pick<Ports, 'dead' | 'log'>) =>
  operation({
    method: 'post',
    path: '/v1/dead/:queue/:id/replay',
    summary: 'Send another body in place of a dead letter’s own; the letter itself stays',
    description:
      'The new message has an id of its own and names the letter. Discard the letter when what it asked for has happened.',
    params: QueueParams.extend({ id: LetterId }),
    body: z.strictObject({ body: z.record(z.string(), z.unknown(), 'must be the message as a JSON object') }),
    limit: 2 * 1024 * 1024,
    answers: { 200: Replayed },
    async run({ params: { queue, id }, body: { body } }, { client, signal }) {
      requireQueue(ports, queue)
      const letter = (await ports.dead.get(queue, id, { signal })) ?? noSuchLetter(queue, id)
      const edited = checked(letter.type, body)
      const sent = (await ports.dead.replayEdited(queue, id, edited, { signal })) ?? noSuchLetter(queue, id)
      ports.log.info({ queue, id: sent, original: id, by: client }, 'an edited dead letter was replayed')
      return { status: 200, body: { id: sent, original: id } }
    },
  })
