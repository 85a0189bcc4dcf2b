import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express'
import helmet from 'helmet'
import { operations } from '../api/index.ts'
import { EVENTS_PATH, events } from '../api/events.ts'
import { openApi } from '../api/openapi.ts'
import type { Config } from '../config.ts'
import type { Ports } from '../ports.ts'
import { authenticate, keysOf } from './auth.ts'
import { mount } from './mount.ts'
import type { Operation } from './operation.ts'
import { Problem, causeOf, problemBody, problemOf } from './problems.ts'
import { reference } from './reference.ts'
import { signIn } from './sign-in.ts'

const PAGE = fileURLToPath(new URL('../page', import.meta.url))

/** The charts' library as npm has it, under a path that changes with its version, so that browsers may keep it for ever. */
const vendored = (): { readonly path: string; readonly folder: string } => {
  const folder = dirname(require.resolve('uplot'))
  const { version } = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')) as { version: string }
  return { path: `/vendor/uplot-${version}`, folder }
}

const require = createRequire(import.meta.url)
const DOCS = fileURLToPath(new URL('../../../../docs', import.meta.url))
/** What alerts link to, as it is written; an installation without the documents says so. */
const runbook: RequestHandler = (request, response, next) => {
  const file = `${String(request.params['name'])}.md`
  response.type('text/plain; charset=utf-8').sendFile(file, { root: DOCS }, (error: unknown) => {
    if (error === undefined || response.headersSent) return
    next(new Problem('not-found', `There is no ${file} beside this console; the project's own repository has it.`))
  })
}

/** Everything comes from here; nothing inline; no page may frame this one. `blob:` is for images before their upload. */
const security = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
  },
  // TLS is a matter of the proxy in front, where there is one.
  strictTransportSecurity: false,
})

const answerProblem =
  (ports: Pick<Ports, 'log' | 'clock'>): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const problem = problemOf(error, ports.clock.now())
    const line = { method: request.method, path: request.path, status: problem.status, reason: causeOf(problem) }
    if (problem.kind === 'internal') ports.log.error({ ...line, err: problem.options.cause }, 'a request failed')
    else if (problem.status >= 500) ports.log.warn(line, 'a request could not be served')
    if (response.headersSent) {
      response.destroy()
      return
    }
    if (problem.options.retryAfter !== undefined) response.setHeader('retry-after', String(problem.options.retryAfter))
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem)))
  }

const api = (ports: Ports, all: readonly Operation[], document: object, apiKey: string): Router => {
  const router = Router()
  router.use((_request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    next()
  })
  router.use('/v1', authenticate(keysOf(apiKey)))
  mount(router, all)
  router.get(EVENTS_PATH, events(ports))
  router.get('/v1/openapi.json', (_request, response) => void response.json(document))
  return router
}

/** The console's HTTP: the API under /v1, its description at /docs, the page at /. */
export const createApp = (
  ports: Ports,
  { API_KEY: apiKey, TRUST_PROXY_HOPS: hops }: Pick<Config, 'API_KEY' | 'TRUST_PROXY_HOPS'>,
): Express => {
  const all = operations(ports)
  const document = openApi(all)
  const app = express()
  app.disable('x-powered-by')
  // How a client came is what that many proxies say; without any it is what is seen here, whatever a client says.
  app.set('trust proxy', hops)
  app.use(security)
  app.use(express.static(PAGE, { index: 'index.html', redirect: false, cacheControl: true, maxAge: 0 }))
  const { path, folder } = vendored()
  app.use(path, express.static(folder, { index: false, redirect: false, immutable: true, maxAge: '1y' }))
  app.get('/docs/:name.md', runbook)
  app.use(signIn(keysOf(apiKey)))
  app.use(reference(document))
  app.use(api(ports, all, document, apiKey))
  app.use((request) => {
    throw new Problem('not-found', `There is nothing at ${request.path}. The API is under /v1; /docs describes it.`)
  })
  app.use(answerProblem(ports))
  return app
}
