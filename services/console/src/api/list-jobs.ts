import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { JobAnswer } from './shapes.ts'

export const listJobs = ({ jobs }: Pick<Ports, 'jobs'>) =>
  operation({
    method: 'get',
    path: '/v1/jobs',
    summary: 'Every job and account that it runs for: last success and failure, failures in a row, duration, next due',
    answers: { 200: z.object({ jobs: z.array(JobAnswer) }) },
    async run(_input, { signal }) {
      return { status: 200, body: { jobs: await jobs.list({ signal }) } }
    },
  })
