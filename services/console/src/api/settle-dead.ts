import { z } from 'zod'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { LetterId, QueueParams, noSuchLetter, requireQueue } from './known-queue.ts'

/** A full dead queue is replayed one confirmed message after another. */
const ALL_MS = 120_000

const Which = z.union([z.strictObject({ id: LetterId }), z.strictObject({ all: z.literal(true) })], {
  error: 'must be {"id": the id of one letter} or {"all": true}, and nothing else',
})
const Settled = z.object({ count: z.int().min(0) })

interface Settling {
  readonly verb: 'replay' | 'discard'
  readonly summary: string
  readonly description: string
}

const settleDead = (ports: Pick<Ports, 'dead' | 'log'>, { verb, summary, description }: Settling) =>
  operation({
    method: 'post',
    path: `/v1/dead/:queue/${verb}`,
    summary,
    description,
    params: QueueParams,
    body: Which,
    timeoutMs: ALL_MS,
    answers: { 200: Settled },
    async run({ params: { queue }, body }, { client, signal }) {
      requireQueue(ports, queue)
      const count = await settle(ports, verb, queue, body, signal)
      if (count === 0 && 'id' in body) noSuchLetter(queue, body.id)
      ports.log.info({ queue, verb, count, by: client, ...body }, 'dead letters were settled')
      return { status: 200, body: { count } }
    },
  })

const settle = async (
  { dead }: Pick<Ports, 'dead'>,
  verb: Settling['verb'],
  queue: string,
  body: z.output<typeof Which>,
  signal: AbortSignal,
): Promise<number> => {
  try {
    return await dead[verb](queue, 'id' in body ? body : 'all', { signal })
  } catch (cause) {
    if (!(cause instanceof DOMException && cause.name === 'TimeoutError')) throw cause
    const detail = `The ${verb} of ${queue} takes longer than ${ALL_MS / 1_000} s and goes on. GET /v1/dead tells how many letters are left.`
    throw new Problem('unavailable', detail, { retryAfter: 30, cause })
  }
}

export const replayDead = (ports: Pick<Ports, 'dead' | 'log'>) =>
  settleDead(ports, {
    verb: 'replay',
    summary: 'Send dead letters to their queue again, as first attempts with their own ids',
    description: 'What is parked again meanwhile is not replayed again.',
  })

export const discardDead = (ports: Pick<Ports, 'dead' | 'log'>) =>
  settleDead(ports, {
    verb: 'discard',
    summary: 'Throw dead letters away',
    description: 'They are nowhere else: look at them first.',
  })
