import { idsOf, received } from '@surepost/shared/telemetry'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import type { z } from 'zod'
import { clientOf } from './auth.ts'
import type { Call, Operation } from './operation.ts'
import { Problem, invalid, invalidBy } from './problems.ts'
import { unstorable } from './strings.ts'

const checked = (schema: z.ZodType | undefined, value: unknown): unknown => {
  if (schema === undefined) return undefined
  const result = schema.safeParse(value)
  if (!result.success) throw invalidBy(result.error)
  return result.data
}

/** RFC 9110 §6.4: a request has a body when it says its length or its transfer coding. */
const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

const requireJson: RequestHandler = (request, _response, next) => {
  if (hasBody(request) && !request.is(['json', '+json'])) {
    const was = request.headers['content-type'] ?? 'none'
    throw new Problem('content-type', `The content type is ${was}; send JSON with Content-Type: application/json.`)
  }
  next()
}

const readers = (operation: Operation): RequestHandler[] => {
  if (operation.bodyKind === 'json')
    return [requireJson, express.json({ limit: operation.limit, strict: false, type: () => true })]
  if (operation.bodyKind === 'bytes') return [express.raw({ limit: operation.limit, type: () => true })]
  return []
}

/** The time a call has, and its end when the client goes away. */
const callOf = (operation: Operation, request: Request, response: Response): Call => {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Problem('bad-request', 'The client has gone.')))
  return {
    client: clientOf(response),
    signal: AbortSignal.any([gone.signal, AbortSignal.timeout(operation.timeoutMs)]),
    header: (name) => request.get(name),
  }
}

const serve =
  (operation: Operation): RequestHandler =>
  async (request, response) => {
    const troubles = operation.bodyKind === 'json' ? unstorable(request.body) : []
    if (troubles.length > 0) throw invalid(troubles)
    const input = {
      params: checked(operation.params, request.params),
      query: checked(operation.query, request.query),
      body: checked(operation.body, request.body),
    }
    const { method, path } = operation
    const span = {
      name: `${method.toUpperCase()} ${path}`,
      kind: 'server',
      parent: request.get('traceparent'),
      ids: idsOf(input.body),
      attributes: { 'http.request.method': method.toUpperCase(), 'http.route': path },
    } as const
    const answer = await received(span, () => operation.run(input, callOf(operation, request, response)))
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value)
    response.status(answer.status)
    if (answer.body === undefined) response.end()
    else if (Buffer.isBuffer(answer.body)) response.end(answer.body)
    else response.json(answer.body)
  }

/** Puts every operation on a router, and an answer that names the right methods on each path for the wrong ones. */
export const mount = (router: Router, operations: readonly Operation[]): void => {
  for (const operation of operations) router[operation.method](operation.path, ...readers(operation), serve(operation))
  for (const path of new Set(operations.map((o) => o.path))) {
    const allowed = operations.filter((o) => o.path === path).map((o) => o.method.toUpperCase())
    router.all(path, (request, response) => {
      response.setHeader('allow', allowed.join(', '))
      throw new Problem('method-not-allowed', `${request.method} is not for ${path}; it takes ${allowed.join(', ')}.`)
    })
  }
}
