import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { Dependency } from './shapes.ts'

export const getHealth = ({ watch }: Pick<Ports, 'watch'>) =>
  operation({
    method: 'get',
    path: '/v1/health',
    summary: 'Which dependencies and services are there, since when, and what is wrong with those that are not',
    description: 'Each is asked every two seconds. Live views get the same as the event `health` whenever it changes.',
    answers: { 200: z.object({ dependencies: z.array(Dependency) }) },
    async run() {
      return { status: 200, body: { dependencies: watch.dependencies() } }
    },
  })
