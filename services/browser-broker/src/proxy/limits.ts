import { type RequestHandler, type Router, Router as router, json } from 'express'
import type { LimitsStore } from '../leases/limits.ts'

/** `GET /limits`, and `PUT /limits` with what is to change; until the next start, which reads the configuration again. */
export const limitsRoutes = (limits: LimitsStore): Router => {
  const put: RequestHandler = (request, response) => {
    const changed = limits.change(request.body)
    if ('limits' in changed) return void response.json(changed.limits)
    response
      .status(400)
      .type('application/problem+json')
      .json({ title: 'Bad request', status: 400, detail: `${changed.refused.join('. ')}.`, errors: changed.refused })
  }
  const routes = router()
  routes.get('/limits', (_, response) => void response.json(limits.current))
  routes.put('/limits', json({ limit: '100kb' }), put)
  return routes
}
