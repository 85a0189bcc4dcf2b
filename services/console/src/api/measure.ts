import { z } from 'zod'
import { PlatformName } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'

const Texts = z.strictObject({
  platform: PlatformName.default('x'),
  texts: z.array(z.string().max(25_000)).min(1).max(25),
})
const Lengths = z.object({ lengths: z.array(z.object({ length: z.int(), limit: z.int() })) })

export const measureTexts = ({ measure }: Pick<Ports, 'measure'>) =>
  operation({
    method: 'post',
    path: '/v1/measure',
    summary: 'The weighted length of texts, as the platform counts them, and its limit',
    body: Texts,
    answers: { 200: Lengths },
    async run({ body }) {
      return { status: 200, body: { lengths: body.texts.map((text) => measure(body.platform, text)) } }
    },
  })
