import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { BreakerAnswer } from './shapes.ts'

export const listBreakers = ({ breakers }: Pick<Ports, 'breakers'>) =>
  operation({
    method: 'get',
    path: '/v1/breakers',
    summary: 'Every breaker that ever opened: of which service, about what, how it stands and since when',
    answers: { 200: z.object({ breakers: z.array(BreakerAnswer) }) },
    async run(_input, { signal }) {
      return { status: 200, body: { breakers: await breakers.list({ signal }) } }
    },
  })
