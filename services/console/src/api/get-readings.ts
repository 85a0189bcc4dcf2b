import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { PostParams, Readings } from './shapes.ts'

export const getReadings = ({ series }: Pick<Ports, 'series'>) =>
  operation({
    method: 'get',
    path: '/v1/posts/:id/readings',
    summary: 'What was seen of each live segment over time, oldest first; what is not believed says why',
    params: PostParams,
    answers: { 200: Readings },
    async run({ params: { id } }, { signal }) {
      return { status: 200, body: { readings: await series.readings(id, { signal }) } }
    },
  })
