import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { StackError } from '../errors.ts'

/** One operation of the control API: gets the path's parameters and the JSON body, answers with JSON. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: RegExp
  run(parameters: readonly string[], body: unknown): Promise<unknown>
}

const MAX_BODY = 100_000

/**
 * The supervisor's own HTTP server on loopback: how other commands stop and start parts of a running stack.
 * @param token bearer that every request must carry
 * @throws StackError when the port is taken
 */
export const openControl = (port: number, token: string, operations: readonly Operation[]): Promise<Server> => {
  const server = createServer((request, response) => {
    serve(request, token, operations).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) =>
        send(response, error instanceof StackError ? 409 : 500, {
          message: error instanceof Error ? error.message : String(error),
        }),
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new StackError(
          `Port ${port} is already taken (${cause.message}). Name another block with --port, or leave it out to have one chosen.`,
          { cause },
        ),
      ),
    )
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    .end(JSON.stringify(body ?? {}))
}

const serve = async (
  request: IncomingMessage,
  token: string,
  operations: readonly Operation[],
): Promise<{ readonly status: number; readonly body: unknown }> => {
  if (!isAllowed(request, token)) return { status: 401, body: { message: 'The bearer token of state.json is needed.' } }
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  for (const operation of operations) {
    const match = operation.method === request.method ? operation.path.exec(path) : null
    if (match)
      return { status: 200, body: await operation.run(match.slice(1).map(decodeURIComponent), await readJson(request)) }
  }
  return { status: 404, body: { message: `There is no ${request.method ?? ''} ${path}.` } }
}

const isAllowed = (request: IncomingMessage, token: string): boolean => {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MAX_BODY) throw new StackError('The request is too large.')
  }
  return text === '' ? {} : JSON.parse(text)
}
