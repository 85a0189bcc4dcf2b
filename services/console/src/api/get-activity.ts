import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { ActivityAnswer } from './shapes.ts'

/** About as many points as a chart can show. */
const SPANS = 60
const MINUTE = 60

const Query = z.strictObject({
  hours: z.coerce.number('must be a number of hours from 1 to 2160').int().min(1).max(2_160).default(24),
})

/** Whole minutes, so that points stay where they are from one reading to the next. Pure. */
export const spanOf = (hours: number): number => Math.max(1, Math.round((hours * 60) / SPANS)) * MINUTE

export const getActivity = ({ series, clock }: Pick<Ports, 'series' | 'clock'>) =>
  operation({
    method: 'get',
    path: '/v1/activity',
    summary: 'What went live, was measured or failed over time, how fast, and how it did',
    query: Query,
    answers: { 200: ActivityAnswer },
    async run({ query: { hours } }, { signal }) {
      const spanSeconds = spanOf(hours)
      const ms = spanSeconds * 1_000
      const now = clock.now().getTime()
      const since = new Date(Math.floor((now - hours * 3_600_000) / ms) * ms)
      const spans = await series.activity(since, spanSeconds, { signal })
      return { status: 200, body: { since: since.toISOString(), spanSeconds, spans } }
    },
  })
