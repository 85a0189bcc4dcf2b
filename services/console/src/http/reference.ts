import { dirname } from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import express, { Router } from 'express'
import helmet from 'helmet'

const OWN = fileURLToPath(new URL('../reference', import.meta.url))
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
/** Of the package's files no other is served. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const

/**
 * Everything from here, as on the console's own page, but for what Swagger UI does: its icons are `data:` images, and it
 * writes HTML and style elements by itself. No script but its own and ours runs, and no other site is asked.
 */
const security = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
})

/** `/docs`: the API's document as a page to try it on. It holds no secrets, so nobody has to sign in to read it. */
export const reference = (document: object): Router => {
  const router = Router()
  router.use('/docs', security)
  router.get('/docs/openapi.json', (_request, response) => void response.json(document))
  for (const file of FILES)
    router.get(`/docs/${file}`, (_request, response) => response.sendFile(file, { root: SWAGGER_UI, maxAge: '1d' }))
  router.get('/docs', (_request, response) => response.sendFile('index.html', { root: OWN }))
  router.use('/docs', express.static(OWN, { index: false, redirect: false, maxAge: 0 }))
  return router
}
