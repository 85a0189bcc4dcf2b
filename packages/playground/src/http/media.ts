import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import type { Site } from '../site.ts'
import { wentWrong } from './strikes.ts'
import { hasCsrfToken, visitorOf } from './visitor.ts'

const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const
/** X's limit for an image. */
const MOST_BYTES = 5 * 1024 * 1024
/** Unfinished and unused uploads that are kept at most. */
const MOST_UPLOADS = 500

const Command = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('INIT'),
    media_type: z.enum(TYPES),
    total_bytes: z.coerce.number().int().positive().max(MOST_BYTES),
  }),
  z.object({
    command: z.literal('APPEND'),
    media_id: z.string(),
    segment_index: z.coerce.number().int().min(0).max(99),
  }),
  z.object({ command: z.literal('FINALIZE'), media_id: z.string() }),
])
const Described = z.object({ media_id: z.string(), alt_text: z.object({ text: z.string().max(1000) }) })

interface Upload {
  readonly type: string
  readonly size: number
  readonly parts: Buffer[]
}

const bounded = <T>(map: Map<string, T>): void => {
  for (const key of map.keys()) {
    if (map.size <= MOST_UPLOADS) return
    map.delete(key)
  }
}

const run = (site: Site, open: Map<string, Upload>, request: Request, response: Response): void => {
  const command = Command.safeParse(request.query)
  if (!command.success) return void response.status(400).json({ error: z.prettifyError(command.error) })
  if (command.data.command === 'INIT') {
    const id = site.world.nextMediaId()
    open.set(id, { type: command.data.media_type, size: command.data.total_bytes, parts: [] })
    bounded(open)
    return void response.status(202).json({ media_id_string: id, expires_after_secs: 86_400 })
  }
  const upload = open.get(command.data.media_id)
  if (!upload) return void response.status(400).json({ error: 'Unknown media_id.' })
  if (command.data.command === 'APPEND') {
    upload.parts[command.data.segment_index] = request.body as Buffer
    return void response.status(204).end()
  }
  const bytes = Buffer.concat(upload.parts)
  if (bytes.length !== upload.size)
    return void response.status(400).json({ error: `Expected ${upload.size} bytes, got ${bytes.length}.` })
  open.delete(command.data.media_id)
  site.uploads.set(command.data.media_id, site.world.addMedia(command.data.media_id, bytes, upload.type))
  bounded(site.uploads)
  response.status(201).json({ media_id_string: command.data.media_id, size: bytes.length })
}

/** X's chunked upload (`INIT`, `APPEND`, `FINALIZE`) and the call that adds a description. */
export const media = (site: Site): Router => {
  const router = express.Router()
  const open = new Map<string, Upload>()
  const signedIn = (request: Request, response: Response, next: NextFunction): void => {
    const account = visitorOf(request, site.world)
    if (account && hasCsrfToken(request, account)) return next()
    response
      .status(403)
      .json({ errors: [{ code: 353, message: 'This request requires a matching csrf cookie and header.' }] })
  }
  router.post(
    '/media/upload.json',
    signedIn,
    express.raw({ type: () => true, limit: MOST_BYTES }),
    (request, response) => {
      const struck = site.faults.strike('upload', { handle: visitorOf(request, site.world)?.handle, matching: '' })
      if (struck.length > 0) return wentWrong(response)
      run(site, open, request, response)
    },
  )
  router.post('/api/1.1/media/metadata/create.json', signedIn, express.json(), (request, response) => {
    const body = Described.safeParse(request.body)
    const known = body.success ? site.uploads.get(body.data.media_id) : undefined
    if (!body.success || !known)
      return void response.status(400).json({ error: 'Unknown media_id or a description over 1000 characters.' })
    site.uploads.set(known.id, { ...known, alt: body.data.alt_text.text })
    response.status(200).end()
  })
  return router
}
