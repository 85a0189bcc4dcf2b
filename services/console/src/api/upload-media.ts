import { z } from 'zod'
import { MAX_MEDIA_BYTES } from '@surepost/shared/media'
import { operation } from '../http/operation.ts'
import { invalid } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { MediaAnswer } from './shapes.ts'

const Bytes = z.instanceof(Buffer, { error: 'must be the bytes of an image' })

export const uploadMedia = ({ media }: Pick<Ports, 'media'>) =>
  operation({
    method: 'post',
    path: '/v1/media',
    summary: 'Store an image: PNG, JPEG, GIF or WebP, up to 5 MB, as the raw body',
    description: 'The type is read from the bytes. The same bytes always have the same id.',
    body: Bytes.optional(),
    bodyKind: 'bytes',
    limit: MAX_MEDIA_BYTES,
    timeoutMs: 60_000,
    answers: { 201: MediaAnswer },
    async run({ body }) {
      if (body === undefined || body.length === 0)
        throw invalid([{ path: '', message: 'the body is empty; send the bytes of an image' }])
      return { status: 201, body: await media.put(body) }
    },
  })
