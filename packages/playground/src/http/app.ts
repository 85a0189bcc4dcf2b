import express, { type ErrorRequestHandler, type Express } from 'express'
import { z } from 'zod'
import type { Site } from '../site.ts'
import { ASSETS } from '../views/assets.ts'
import { admin } from './admin.ts'
import { assets } from './assets.ts'
import { doors } from './doors.ts'
import { graphql } from './graphql.ts'
import { ledgerOf } from './ledger.ts'
import { lists } from './lists.ts'
import { media } from './media.ts'
import { pages } from './pages.ts'

/** A request that cannot be read (no JSON, too large) is answered with a sentence; anything else is a fault of ours. */
const onError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error)
  const { status = 500, message } = error as { readonly status?: number; readonly message: string }
  response.status(status).json({ error: message })
}

const Since = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .optional()

/** The whole site. */
export const createApp = (site: Site): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.use(ASSETS, assets())
  app.get('/readyz', (_request, response) => void response.json({ ready: true }))
  app.get('/ledger', (request, response) => {
    const since = Since.safeParse(request.query['since'])
    if (!since.success) return void response.status(400).json({ error: '`since` must be a time in ISO 8601, in UTC.' })
    response.json(ledgerOf(site, `${request.protocol}://${request.get('host') ?? ''}`, since.data))
  })
  app.get('/media/:id', (request, response) => {
    const bytes = site.world.media(request.params.id)
    const type = site.world.mediaType(request.params.id)
    if (!bytes || type === undefined) return void response.status(404).end()
    response.type(type).set('cache-control', 'public, max-age=31536000, immutable').send(bytes)
  })
  app.use('/admin', admin(site))
  app.use('/i/api/graphql', graphql(site))
  app.use('/i/api/list', lists(site))
  app.use(doors(site))
  app.use('/i', media(site))
  app.use(pages(site))
  app.use(onError)
  return app
}
