import { z } from 'zod'
import { MediaId } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'

export const getMedia = ({ media }: Pick<Ports, 'media'>) =>
  operation({
    method: 'get',
    path: '/v1/media/:id',
    summary: 'The bytes of a stored image',
    params: z.object({ id: MediaId }),
    answers: { 200: z.instanceof(Buffer) },
    async run({ params }) {
      const { bytes, type } = await media.get(params.id)
      // The id is the hash of the bytes: what it names never changes.
      return {
        status: 200,
        body: bytes,
        headers: { 'content-type': type, 'cache-control': 'private, max-age=31536000, immutable' },
      }
    },
  })
